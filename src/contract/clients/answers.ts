/** Types over a generated contract: what an operation can answer, whatever HTTP status it travels with. */

type JsonOf<Response> = Response extends { content: { 'application/json': infer Body } } ? Body : never

/**
 * Every body that an operation answers in its dialect, success and failures, told apart by the key of the code. Comparing that key with a
 * code that the operation does not have is a compile error.
 */
export type AnswerOf<Operation extends { responses: object }, Key extends string> = Extract<
  JsonOf<Operation['responses'][keyof Operation['responses']]>,
  Record<Key, number>
>

/** The body of an operation's success. */
export type SuccessOf<Operation extends { responses: object }, Key extends string, Ok extends number> = Extract<AnswerOf<Operation, Key>, Record<Key, Ok>>

/** The bodies of an operation's failures. */
export type FailureOf<Operation extends { responses: object }, Key extends string, Ok extends number> = Exclude<AnswerOf<Operation, Key>, Record<Key, Ok>>
