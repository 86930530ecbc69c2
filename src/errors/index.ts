/** `understudy/errors`: what any answer of any system means. Runs in browsers; nothing of the server is in it. */
export type { Answer, AnswerHeaders } from './answer.js'
export { type Classification, type Classified, classify, classifyResponse, classifyResult, classifyThrown, type Unclassified } from './classify.js'
export { codesOf, type CrossReference, type ErrorInfo, errorsOf, systemIds } from './codes.js'
export { isNoAnswer, NoAnswer, type NoAnswerDetails } from './no-answer.js'
export {
  type Advice, advices, assertNever, type Condition, conditions, type ErrorCode, type ErrorName, type Message, type NoAnswerCondition, type OperationIds, type SystemId,
} from './vocabulary.js'
