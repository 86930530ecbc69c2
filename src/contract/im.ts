/** `understudy/contract/im`: types, error table, operation table, a client of im and one of its push channel. Runs in browsers; nothing of the server is in it. */
import type { AnswerOf, FailureOf, SuccessOf } from './clients/answers.js'
import type { operations } from '../generated/im/contract.js'

export { createImClient, type ImClient, type ImClientOptions } from './clients/im.js'
export type { ImPacket, ImRefusal, ImSocket, ImSocketEnd, ImSocketResult, WebSocketLike } from './clients/im-line.js'
export { type ImMessage, type ImSocketOptions, openImSocket } from './clients/im-socket.js'
export { isNoAnswer, NoAnswer } from '../errors/no-answer.js'
export { asOpenapiFetch } from './clients/open.js'
export { memoryTokens, type TokenStore } from './clients/shared.js'
export { codes, type components, contract, type ErrorName, type operations, type paths } from '../generated/im/contract.js'

export type OperationId = keyof operations
/** Every body that an operation answers, told apart by `status`. */
export type Answer<Id extends OperationId> = AnswerOf<operations[Id], 'status'>
/** The body of an operation's success. */
export type Success<Id extends OperationId> = SuccessOf<operations[Id], 'status', 1>
/** The bodies of an operation's failures, told apart by `status`. */
export type Failure<Id extends OperationId> = FailureOf<operations[Id], 'status', 1>
