import type { components, contract, ErrorName, Operations, Records } from '../../generated/im/contract.js'
import type { Transaction } from '../../core/store/types.js'
import type { AllRecords } from '../../core/system-types.js'

/** The generated types of this system, tied together for the core. */
export interface Im {
  operations: Operations
  records: Records
  contract: typeof contract
  errors: ErrorName
  user: Records['users']
}

export type Tx = Transaction<AllRecords<Im>>
export type Schemas = components['schemas']
