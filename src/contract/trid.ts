/** `understudy/contract/trid`: types, error table, operation table and a client of trid. Runs in browsers; nothing of the server is in it. */
import type { AnswerOf, FailureOf, SuccessOf } from './clients/answers.js'
import type { operations } from '../generated/trid/contract.js'

export { createTridClient, type TridClient, type TridClientOptions, type TridCalls } from './clients/trid.js'
export { isNoAnswer, NoAnswer } from '../errors/no-answer.js'
export { asOpenapiFetch } from './clients/open.js'
export { memoryTokens, type TokenStore } from './clients/shared.js'
export { codes, type components, contract, type ErrorName, type operations, type paths } from '../generated/trid/contract.js'

export type OperationId = keyof operations
/** Every body that an operation answers, told apart by `error_no`. */
export type Answer<Id extends OperationId> = AnswerOf<operations[Id], 'error_no'>
/** The body of an operation's success. */
export type Success<Id extends OperationId> = SuccessOf<operations[Id], 'error_no', 0>
/** The bodies of an operation's failures, told apart by `error_no`. */
export type Failure<Id extends OperationId> = FailureOf<operations[Id], 'error_no', 0>
