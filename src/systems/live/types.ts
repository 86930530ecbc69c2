import type { contract, ErrorName, Operations, Records } from '../../generated/live/contract.js'

/** The generated types of this system, tied together for the core. */
export interface Live {
  operations: Operations
  records: Records
  contract: typeof contract
  errors: ErrorName
  user: Records['users']
}
