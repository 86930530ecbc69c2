import type { contract, ErrorName, Operations, Records } from '../../generated/trid/contract.js'

/** The generated types of this system, tied together for the core. */
export interface Trid {
  operations: Operations
  records: Records
  contract: typeof contract
  errors: ErrorName
  user: Records['tels']
}
