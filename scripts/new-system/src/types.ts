import type { contract, ErrorName, Operations, Records } from '../../generated/__id__/contract.js'

/** The generated types of this system, tied together for the core. */
export interface __Id__ {
  operations: Operations
  records: Records
  contract: typeof contract
  errors: ErrorName
  user: Records['users']
}
