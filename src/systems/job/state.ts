import type { StateDefinition, Transaction } from '../../core/store/types.js'
import type { AllRecords } from '../../core/system-types.js'
import type { Job } from '../../generated/job/contract.js'

/** A transaction over everything that this system stores. */
export type Tx = Transaction<AllRecords<Job>>

/** What job stores and how it is found. Tokens live in `sessions`, SMS codes in `smsCodes`, which every system has. */
export const state: StateDefinition<Job['records']> = {
  users: { key: 'id', unique: [['username'], ['phone']] },
  jobCategories: { key: 'id' },
  jobs: { key: 'id', index: [['memberId']], order: { newest: { by: ['-postedAt'], where: (job) => !job.deleted } } },
  favourites: { key: 'id', unique: [['userId', 'jobId']], index: [['userId']] },
  questCategories: { key: 'id', order: { byId: { by: ['id'] } } },
  tasks: { key: 'id', index: [['questCateId'], ['memberId']], order: { newest: { by: ['-id'] } } },
  claims: { key: 'id', unique: [['userId', 'questId']], index: [['userId'], ['questId']] },
  submissions: { key: 'id', index: [['questId'], ['questId', 'memberId']] },
  questions: { key: 'id', index: [['questId']] },
  options: { key: 'id', index: [['questionId']] },
  answers: { key: 'id', unique: [['userId', 'questionId']], index: [['userId']] },
  coupons: { key: 'id', unique: [['code']], index: [['memId'], ['questId', 'status']] },
  wallets: { key: 'id', unique: [['userId']] },
  withdrawals: { key: 'id' },
  certApplications: { key: 'id', index: [['userId'], ['userId', 'kind']] },
}

/** Records of the world and of its scenarios have smaller ids, those of a scaled world far larger ones: new ones meet neither. */
const FIRST_NEW_ID = 101

/** @returns an id for a new record of the collection */
export function newId(tx: Tx, collection: keyof Job['records']): Promise<number> {
  return tx.next(collection, FIRST_NEW_ID)
}

/** The states of an application and of a submission, in the words of both. */
export const WAITING = '01'
export const REFUSED = '02'
export const PASSED = '05'
/** What `02` and `03` mean for a certification. */
export const CERTIFIED = '02'

/** The states of a coupon. */
export const FREE = 0
export const HANDED_OUT = 1
export const USED = 2
