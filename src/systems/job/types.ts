import type { contract, ErrorName, Operations, Records } from '../../generated/job/contract.js'
import type { AllRecords } from '../../core/system-types.js'
import type { Transaction } from '../../core/store/types.js'

/** The generated types of this system, tied together for the core. */
export interface Job {
  operations: Operations
  records: Records
  contract: typeof contract
  errors: ErrorName
  user: Records['users']
}

/** A transaction over everything that this system stores. */
export type Tx = Transaction<AllRecords<Job>>
