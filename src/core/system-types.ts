/** The types that one system's parts share. */
import type { Contract } from './contract.js'
import type { SessionRecords } from './sessions.js'
import type { SmsRecords } from './sms.js'

/** The types of one system, tied together: generated ones, and the record that stands for a user. */
export interface SystemTypes {
  operations: object
  records: object
  contract: Contract
  errors: string
  user: object
}

/** All records of a system: its own and those that the core keeps for it. */
export type AllRecords<S extends SystemTypes> = S['records'] & SessionRecords & SmsRecords
