/** `understudy/contract/edu`: types, error table, operation table and a client of edu. Runs in browsers; nothing of the server is in it. */
import type { AnswerOf, FailureOf, SuccessOf } from './clients/answers.js'
import type { operations } from '../generated/edu/contract.js'

export { createEduClient, type EduClient, type EduClientOptions, type EduApp } from './clients/edu.js'
export type { EduTokens, KickedOut } from './clients/edu-session.js'
export { isNoAnswer, NoAnswer } from '../errors/no-answer.js'
export { asOpenapiFetch } from './clients/open.js'
export { memoryTokens, type TokenStore } from './clients/shared.js'
export { codes, type components, contract, type ErrorName, type operations, type paths } from '../generated/edu/contract.js'

export type OperationId = keyof operations
/** Every body that an operation answers, told apart by `code`. */
export type Answer<Id extends OperationId> = AnswerOf<operations[Id], 'code'>
/** The body of an operation's success. */
export type Success<Id extends OperationId> = SuccessOf<operations[Id], 'code', 900>
/** The bodies of an operation's failures, told apart by `code`. */
export type Failure<Id extends OperationId> = FailureOf<operations[Id], 'code', 900>
