/**
 * What the clients look like from outside: openapi-fetch's, but for what a call comes back with. openapi-fetch takes every body through a
 * type that drops keys whose only value is `null` (its `Readable`, for `readOnly` properties, which these contracts do not have); here an
 * answer has exactly the type that the contract gives it. And a call that gets no answer does not reject: its `error` is a `NoAnswer`.
 */
import type { MaybeOptionalInit, Middleware, ParseAsResponse } from 'openapi-fetch'
import type { NoAnswer } from '../../errors/no-answer.js'

type HttpMethod = 'get' | 'put' | 'post' | 'patch' | 'delete'
type OkStatus = 200 | 201 | 202 | 203 | 204 | 206

/** The body of any of some responses; undefined where there is none. */
type BodyOf<Response> = Response extends { content: infer Content } ? Content[keyof Content] : undefined

type ResponsesOf<Operation> = Operation extends { responses: infer Responses } ? Responses : never

/** What `data` of a call can be: the answers with an HTTP status of success, failures that travel under one included. */
type DataOf<Responses> = BodyOf<Responses[keyof Responses & OkStatus]>

/** What `error` of a call can be: the answers with any other HTTP status. */
type ErrorOf<Responses> = BodyOf<Responses[Exclude<keyof Responses, OkStatus | 101 | 304>]>

/**
 * What a call comes back with: `data` under an HTTP status of success, `error` under any other, and where there was no answer of the backend. Then
 * `response` is what came in its place; nothing at all is a response of fetch's own type `error`, with the status 0.
 */
export type Result<Operation, Init = object> =
  | { data: ParseAsResponse<DataOf<ResponsesOf<Operation>>, Init>; error?: never; response: Response }
  | { data?: never; error: Extract<ErrorOf<ResponsesOf<Operation>>, object> | NoAnswer; response: Response }

type PathWith<Paths, Method extends HttpMethod> = { [Path in keyof Paths]: Paths[Path] extends Record<Method, object> ? Path : never }[keyof Paths]

/** The second argument of a call: needed where the operation needs anything. Options of fetch may be among it. */
type Rest<Init> = object extends Init ? [init?: Init & Record<string, unknown>] : [init: Init & Record<string, unknown>]

type Call<Paths, Method extends HttpMethod> = <
  Path extends PathWith<Paths, Method>,
  Init extends MaybeOptionalInit<Paths[Path], Method & keyof Paths[Path]>,
>(path: Path, ...init: Rest<Init>) => Promise<Result<Paths[Path][Method & keyof Paths[Path]], Init>>

/** A client of one contract. */
export interface ContractClient<Paths> {
  readonly GET: Call<Paths, 'get'>
  readonly PUT: Call<Paths, 'put'>
  readonly POST: Call<Paths, 'post'>
  readonly PATCH: Call<Paths, 'patch'>
  readonly DELETE: Call<Paths, 'delete'>
  /** Registers middleware of openapi-fetch; it comes after the client's own. */
  readonly use: (...middleware: Middleware[]) => void
  readonly eject: (...middleware: Middleware[]) => void
}
