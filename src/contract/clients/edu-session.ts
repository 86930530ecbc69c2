/** The login of an edu app: its tokens, renewed in time, and what becomes of them when somebody else logs in. */
import { codes, type contract } from '../../generated/edu/contract.js'
import { isAmong, type SessionEnds, type TokenEnds } from './session-ends.js'
import { asObject, type JsonObject, type TokenStore } from './shared.js'

/** What an edu app keeps of its login. Times are milliseconds since 1970 on the device's clock. */
export interface EduTokens {
  accessToken: string
  accessExpiresAt: number
  refreshToken: string
  refreshExpiresAt: number
}

/** Who logged in and ended this login, as the server tells it. */
export interface KickedOut {
  /** The device, fit to be shown. */
  device: string
  /** When, in ISO 8601. */
  at: string
}

export interface SessionOptions {
  readonly store: TokenStore<EduTokens>
  readonly now: () => number
  /** An access token is renewed this long before it runs out, in milliseconds. */
  readonly refreshAhead: number
  /** The same for a refresh token. */
  readonly renewAhead: number
  readonly onKickedOut: ((by: KickedOut) => void) | undefined
  /** Asks for a new token of a kind; the answer goes through `learn` like any other. */
  readonly ask: (kind: 'access' | 'refresh', refreshToken: string) => Promise<Failed | null>
}

/** A refresh that failed. */
export interface Failed {
  /** What the backend said; null where nobody answered, or somebody else. */
  readonly body: JsonObject | null
  /**
   * @returns a response that a caller can be given in place of his own
   * @throws NoAnswer where there is none
   */
  readonly answer: () => Response
}

/** Whether it is a failed refresh that stands in the place of tokens. */
export function isFailed(outcome: EduTokens | Failed | null): outcome is Failed {
  return outcome !== null && 'answer' in outcome
}

const { OK } = codes
const ENDS = { UNAUTHENTICATED: codes.UNAUTHENTICATED } satisfies SessionEnds<typeof contract.errors>
const EXPIRED = { ACCESS_TOKEN_EXPIRED: codes.ACCESS_TOKEN_EXPIRED } satisfies TokenEnds<typeof contract.errors>

/** Whether an answer refuses the access token that the request bore. */
export function isRefused({ code }: JsonObject): boolean {
  return isAmong(ENDS, code) || isAmong(EXPIRED, code)
}

export class EduSession {
  readonly #options: SessionOptions
  /** The refresh under way, if any: whoever needs a token meanwhile waits for the same one. */
  #refresh: Promise<EduTokens | Failed | null> | null = null
  /** The access token whose end has been told, so that it is told once. */
  #ended: string | null = null

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /** @returns the value of the header `auth` */
  static header({ accessToken }: EduTokens): string {
    return btoa(`access_token=${accessToken}`)
  }

  /** @returns tokens that are good for a while; a failed refresh; null when nobody is logged in */
  async usable(): Promise<EduTokens | Failed | null> {
    const { store, now, refreshAhead } = this.#options
    const tokens = (await store.get()) ?? null
    if (tokens === null || tokens.accessExpiresAt - refreshAhead > now()) return tokens
    const fresh = await this.#renewed(tokens.accessToken)
    if (!isFailed(fresh)) return fresh
    // It could not be renewed just now; as long as nobody has ended the login, the old token may still do.
    const present = (await store.get()) ?? null
    return present !== null && present.accessExpiresAt > now() ? present : fresh
  }

  /**
   * After a request was refused for its token.
   * @param used the header it was sent with
   * @param body the refusal
   * @returns tokens to try it again with; a failed refresh to answer it with; null where the refusal stands
   */
  async recover(used: string, body: JsonObject): Promise<EduTokens | Failed | null> {
    const tokens = (await this.#options.store.get()) ?? null
    if (tokens === null) return null
    // Somebody else renewed the token while the request was on its way.
    if (EduSession.header(tokens) !== used) return tokens
    // Or is renewing it: the server has put another in its place, and only the answer that brings it is still to come.
    if (this.#refresh !== null && typeof body.nextLogin !== 'string') return this.#refresh
    if (isAmong(EXPIRED, body.code)) return this.#renewed(tokens.accessToken)
    await this.#end(tokens, body)
    return null
  }

  /** Takes what an answer says of an access token that it is not tried again for: it may be the end of the login. */
  async hear(accessToken: string, body: JsonObject): Promise<void> {
    const tokens = (await this.#options.store.get()) ?? null
    if (tokens?.accessToken === accessToken && isAmong(ENDS, body.code)) await this.#end(tokens, body)
  }

  /** Takes what a successful answer of the backend says of tokens: all of them after a login, one after a refresh. */
  async learn(body: JsonObject, kind: 'entry' | 'refresh' | 'logout'): Promise<void> {
    const { store, now } = this.#options
    if (body.code !== OK) return
    if (kind === 'logout') {
      await store.set(null)
      return
    }
    const before = kind === 'entry' ? null : ((await store.get()) ?? null)
    const tokens = { ...before, ...tokensIn(kind === 'entry' ? asObject(body.info) : body, now()) }
    if (isComplete(tokens)) await store.set(tokens)
  }

  #renewed(stale: string): Promise<EduTokens | Failed | null> {
    this.#refresh ??= this.#renew(stale).finally(() => {
      this.#refresh = null
    })
    return this.#refresh
  }

  async #renew(stale: string): Promise<EduTokens | Failed | null> {
    const { store, now, renewAhead, ask } = this.#options
    for (const kind of ['refresh', 'access'] as const) {
      const tokens = await store.get()
      if (!tokens) return null
      if (tokens.accessToken !== stale) return tokens
      if (kind === 'refresh' && tokens.refreshExpiresAt - renewAhead > now()) continue
      const failed = await ask(kind, tokens.refreshToken)
      if (failed === null) continue
      if (failed.body !== null && isAmong(ENDS, failed.body.code)) await this.#end(tokens, failed.body)
      // A refresh token that could not be renewed for another reason is still good for this once.
      else if (kind === 'refresh') continue
      return failed
    }
    return (await store.get()) ?? null
  }

  async #end(tokens: EduTokens, body: JsonObject): Promise<void> {
    if (this.#ended === tokens.accessToken) return
    this.#ended = tokens.accessToken
    await this.#options.store.set(null)
    const { nextDevice, nextLogin } = body
    if (typeof nextLogin === 'string') this.#options.onKickedOut?.({ device: typeof nextDevice === 'string' ? nextDevice : '', at: nextLogin })
  }
}

function tokensIn(source: JsonObject | null, now: number): Partial<EduTokens> {
  const { access_token, access_token_expire, refresh_token, refresh_token_expire } = source ?? {}
  return {
    ...(typeof access_token === 'string' && typeof access_token_expire === 'number' ? { accessToken: access_token, accessExpiresAt: now + access_token_expire } : {}),
    ...(typeof refresh_token === 'string' && typeof refresh_token_expire === 'number' ? { refreshToken: refresh_token, refreshExpiresAt: now + refresh_token_expire } : {}),
  }
}

function isComplete(tokens: Partial<EduTokens>): tokens is EduTokens {
  return tokens.accessToken !== undefined && tokens.refreshToken !== undefined
}
