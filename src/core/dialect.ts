/** How a system speaks: its envelope, its credentials, the order of its checks, and what it answers to each condition. */
import type { OperationRow } from './contract.js'
import type { CoreCondition, Displacement, FailureDetails } from './failure.js'
import type { Reply, ReplyHeaders } from './reply.js'
import type { Device, GivenTokens, SessionRecord } from './sessions.js'
import type { Settings } from './settings.js'
import type { CallHeaders } from './stage/call.js'

/** A step between routing and the operation. `body` reads and decodes it, `fields` holds everything against the contract. */
export type Check = 'headers' | 'body' | 'session' | 'roles' | 'fields'

/** What a request shows to a dialect. */
export interface RequestView {
  readonly method: string
  readonly headers: CallHeaders
  /** Raw values of the query, not checked against the contract; the last one of a name counts. */
  query(name: string): string | undefined
  /** A field of the body once it has been read, whatever its type. */
  field(name: string): unknown
  /** Parameters of the path, decoded. */
  readonly pathParameters: Readonly<Record<string, string>>
  readonly hasBody: boolean
}

/** The credential that a request carries. */
export interface Credential {
  /** Whether the client sent one at all; an optional call without one passes. */
  readonly sent: boolean
  /** Texts that may be the token, the likeliest first. */
  readonly tokens: readonly string[]
  /** The realm that the session has to belong to; a token of another one is unknown here. Any realm when left out. */
  readonly realm?: string | undefined
}

export interface Credentials {
  read(request: RequestView): Credential
  /** @returns the headers with which a client carries this token; what `read` understands */
  carry(token: string): Readonly<Record<string, string>>
  /** Methods whose requests may carry the token as a form field: their body is read even where the operation takes none. */
  readonly form?: readonly OperationRow['method'][]
  /** Headers that hand a new session's token to the client, where the body does not. */
  issue?(session: SessionRecord, now: number): ReplyHeaders
  /** Where a credential is optional, one that is worth nothing passes as none. */
  readonly deadIsNone?: true
}

/** The circumstances of an answer. */
export interface About {
  /** The operation and its row; null where no operation was found. */
  readonly operation: string | null
  readonly row: OperationRow | null
  readonly now: number
  readonly settings: Settings
}

/** A failure for which the dialect's error has been found. */
export interface NamedFailure {
  /** CONSTANT_NAME. */
  readonly error: string
  readonly code: number
  readonly message: string
  readonly status: number
  readonly details: FailureDetails
}

/** What a dialect answers to a condition: one of its errors, perhaps with another status or text, or something outside the dialect. */
export type ConditionAnswer<E extends string> =
  | E
  | { readonly error: E; readonly status?: number; readonly message?: string }
  | { readonly reply: Reply }

export interface Dialect<E extends string> {
  /** The order of the checks between routing and the operation. */
  readonly checks: readonly Check[]
  readonly body: {
    /** `declared`: another media type than the contract's is refused; `any`: it is not looked at; `othersAreEmpty`: the body is not read then. */
    readonly contentType: 'declared' | 'any' | 'othersAreEmpty'
    /** What an empty body is. */
    readonly empty: 'object' | 'unreadable'
    /** Bytes. */
    readonly limit: number
    /** Bytes of one file of a multipart body; the same as `limit` when left out. */
    readonly fileLimit?: number
  }
  /** Whether empty texts and nulls in a request count as absent. */
  readonly emptyIsMissing: boolean
  readonly credentials: Credentials | null
  /** An answer for every condition that the core finds. */
  readonly conditions: { readonly [C in CoreCondition]: ConditionAnswer<E> | ((details: FailureDetails, about: About) => ConditionAnswer<E>) }
  /** Header parameters whose values are the same in capital and small letters; validated and handed on in small ones. Lower-case names. */
  readonly foldedHeaders?: readonly string[]
  /** Rules about headers that a schema cannot hold. */
  checkHeaders?(request: RequestView, row: OperationRow, settings: Settings): FailureDetails | null
  /** What its JSON answers say they are; `application/json; charset=utf-8` when left out. */
  readonly contentType?: string
  /** @returns the body of a success */
  success(payload: unknown, about: About): object
  /** @returns the body of a failure */
  failure(failure: NamedFailure, about: About): object
  /**
   * @returns the HTTP status of a failure where it does not follow from the error table; `unlisted` when a setting has taken
   *   the place of the table's statuses, so that the status is not held against it
   */
  failureHead?(failure: NamedFailure, about: About): { readonly status?: number; readonly unlisted?: boolean }
  /** Whether a system in maintenance answers unknown paths like any other; `afterRouting` when left out. */
  readonly maintenance?: 'beforeRouting' | 'afterRouting'
  /** Whether answers may be read by pages of other origins with cookies. */
  readonly cookies?: true
  /**
   * The one place that says how a session is read off what a real backend answered.
   * @returns what the answer says of sessions; null where it says nothing, or no more than its error's condition does
   */
  adopt?(seen: SeenReply): SessionNews | null
  /**
   * How a user logs in at a real backend whose password, or code by SMS, is known.
   * @returns the calls, in their order; the last one is the login
   */
  logIn?(who: LoggingIn): readonly LoginCall[]
}

/** Who is to be logged in at a real backend. */
export interface LoggingIn {
  /** What people know the user by: a phone number, a name. */
  readonly name: string
  /** A password, or the code by SMS where there are no passwords. */
  readonly secret: string
  readonly realm: string
  /** Of the call that wants it. */
  readonly headers: CallHeaders
}

/** A call that logs somebody in. */
export interface LoginCall {
  readonly operation: string
  readonly method: 'GET' | 'POST'
  /** Below the system's base, with its query. */
  readonly path: string
  /** Of the body; a GET has none. */
  readonly fields: Readonly<Record<string, string>>
  readonly type: 'application/json' | 'application/x-www-form-urlencoded'
  /** Beside what says of which type the body is. None of the caller's own go out by themselves: his token may stand in any of them. */
  readonly headers?: CallHeaders
  /** Parameters of the path. */
  readonly parameters?: Readonly<Record<string, string>>
}

/** A real backend's answer, and the call that it is to. */
export interface SeenReply {
  readonly operation: string
  readonly request: RequestView
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: ReplyHeaders
  /** CONSTANT_NAME of the failure; null on success; undefined where its code is none of the contract, of which nothing but a login is taken in. */
  readonly error: string | null | undefined
}

/** What a real backend's answer says of sessions. */
export type SessionNews =
  /** Somebody has logged in. */
  | {
      readonly kind: 'began'
      readonly user: SeenUser
      readonly realm?: string
      readonly device?: Device
      readonly tokens: GivenTokens
    }
  /** The session of this refresh token, or else the caller's, has new tokens; what is left out stays as it is. */
  | { readonly kind: 'renewed'; readonly by: string | null; readonly tokens: Partial<GivenTokens> }
  /** The caller's session is over. */
  | { readonly kind: 'ended'; readonly reason: 'loggedOut' | 'displaced' | 'revoked'; readonly displacedBy?: Displacement }

/** Who has logged in at a real backend. */
export interface SeenUser {
  /** Fields that name him; one that has all of them is the same user. */
  readonly names: Readonly<Record<string, string>>
  /** His key, where the backend has told it; he may be here under another name. */
  readonly key?: string
  /**
   * @param draw gives the next number of the users, which begins with `first`, for a key that the backend has not told
   * @returns the record that he becomes where nobody fits: all that the backend has told of him
   */
  readonly record: (draw: (first: number) => Promise<number>) => Promise<Readonly<Record<string, unknown>>>
}
