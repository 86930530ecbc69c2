/** `understudy/contract/job`: types, error table, operation table and a client of job. Runs in browsers; nothing of the server is in it. */
import type { AnswerOf, FailureOf, SuccessOf } from './clients/answers.js'
import type { operations } from '../generated/job/contract.js'

export { createJobClient, type JobClient, type JobClientOptions } from './clients/job.js'
export { isNoAnswer, NoAnswer } from '../errors/no-answer.js'
export { asOpenapiFetch } from './clients/open.js'
export { memoryTokens, type TokenStore } from './clients/shared.js'
export { codes, type components, contract, type ErrorName, type operations, type paths } from '../generated/job/contract.js'

export type OperationId = keyof operations
/** Every body that an operation answers, told apart by `code`. */
export type Answer<Id extends OperationId> = AnswerOf<operations[Id], 'code'>
/** The body of an operation's success. */
export type Success<Id extends OperationId> = SuccessOf<operations[Id], 'code', 0>
/** The bodies of an operation's failures, told apart by `code`. */
export type Failure<Id extends OperationId> = FailureOf<operations[Id], 'code', 0>
