import type { contract, ErrorName, Operations, Records } from '../../contract/__id__.gen.js'

/** The generated types of this system, tied together for the core. */
export interface __Id__ {
  operations: Operations
  records: Records
  contract: typeof contract
  errors: ErrorName
  user: Records['users']
}
