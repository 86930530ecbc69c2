import type { components, contract, ErrorName, Operations, Records } from '../../generated/edu/contract.js'

/** The generated types of this system, tied together for the core. */
export interface Edu {
  operations: Operations
  records: Records
  contract: typeof contract
  errors: ErrorName
  user: Records['users']
}

/** s student, t teacher, p parent: each has accounts of its own. */
export type UserType = Edu['user']['userType']

export type Schemas = components['schemas']
