/**
 * A client of the edu system as its document describes one: it judges by its own clock when a token is about to run out, refreshes in
 * time, and tells its owner when another client has taken over. It knows nothing of the stub; any `fetch` and any clock will do.
 */

/** The login that ended this client's session. */
export interface KickOut {
  readonly device: string
  readonly at: string
}

/** Both tokens, each with the reading of the client's own clock at which it ends. Plain JSON, to be kept over a restart. */
export interface Tokens {
  readonly access: string
  readonly accessEnds: number
  readonly refresh: string
  readonly refreshEnds: number
}

interface ClientOptions {
  /** Everything up to the userType: `https://api.example.test/rest/s`. */
  readonly base: string
  /** Common headers, and `u` and `w`. */
  readonly headers: Readonly<Record<string, string>>
  /** Name of this device, for whoever is displaced by it. */
  readonly device: string
  /** The client's own clock, in milliseconds; only differences count. */
  now(): number
  /** An access token with no more than this left is refreshed before a call; five minutes when left out. */
  readonly buffer?: number
  /** The same for the refresh token, looked at whenever the access token is refreshed; a day when left out. */
  readonly refreshBuffer?: number
  /** Tokens of an earlier run: there is no need to log in again. */
  readonly tokens?: Tokens
  /** Told once for each session that another client ended. */
  onKickedOut?(by: KickOut): void
  readonly fetch?: typeof fetch
}

type Json = Readonly<Record<string, unknown>>

/** An answer with another code than 900. */
export class EduError extends Error {
  readonly code: number
  readonly body: Json

  constructor(code: number, body: Json) {
    super(`${String(code)} ${text(body['msg'])}`)
    this.name = 'EduError'
    this.code = code
    this.body = body
  }

  /** Who logged in since, where that is the reason. */
  get kickOut(): KickOut | null {
    const { nextDevice, nextLogin } = this.body
    return typeof nextDevice === 'string' ? { device: nextDevice, at: text(nextLogin) } : null
  }
}

const OK = 900
const EXPIRED = 899
const LOGGED_OUT = 903
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** What lies between a login and the news that it is no longer good. */
class Session {
  tokens: Tokens
  /** The one refresh in flight; whoever needs a token waits for it. */
  refreshing: Promise<void> | null = null

  constructor(tokens: Tokens) {
    this.tokens = tokens
  }
}

export class EduClient {
  readonly #options: ClientOptions
  #session: Session | null

  constructor(options: ClientOptions) {
    this.#options = options
    this.#session = options.tokens === undefined ? null : new Session(options.tokens)
  }

  /** The tokens to keep over a restart; null when nobody is logged in. */
  get tokens(): Tokens | null {
    return this.#session?.tokens ?? null
  }

  /** Logs in by password or SMS code; displaces whoever was logged in before. */
  async login(phone: string, proof: { readonly passwd: string } | { readonly smscode: string }): Promise<void> {
    const { device, now } = this.#options
    const asked = now()
    const { info } = await this.#send('POST', '/login', { phone, ...proof, device })
    if (!isJson(info)) throw new Error('the login brought no info')
    this.#session = new Session({ ...accessOf(info, asked), ...refreshOf(info, asked) })
  }

  async logout(): Promise<void> {
    await this.call('POST', '/logout')
    this.#session = null
  }

  /**
   * Makes a call that needs a login, with a token that is good. If it proves not to be, the call is made once more with a new one.
   * @throws EduError for every answer but 900
   */
  call(method: string, path: string, fields?: Json): Promise<Json> {
    return this.#withToken((token) => this.#send(method, path, fields, token))
  }

  /** Asks the server whether the session is still good; tells of a kick-out like any call. */
  async check(): Promise<void> {
    await this.#withToken((token) => this.#send('GET', `/checkToken?access_token=${token}`))
  }

  async #withToken(run: (token: string) => Promise<Json>): Promise<Json> {
    const session = this.#session
    if (session === null) throw new EduError(LOGGED_OUT, { msg: 'not logged in' })
    const { now, buffer = 5 * MINUTE } = this.#options
    if (session.refreshing !== null || session.tokens.accessEnds - now() <= buffer) await this.#refresh(session)
    const used = session.tokens.access
    try {
      return await run(used)
    } catch (error) {
      if (!(error instanceof EduError) || !(await this.#isWorthASecondTry(session, used, error))) throw error
    }
    try {
      return await run(session.tokens.access)
    } catch (error) {
      if (error instanceof EduError && error.kickOut !== null) this.#leave(session, error)
      throw error
    }
  }

  async #isWorthASecondTry(session: Session, used: string, error: EduError): Promise<boolean> {
    if (error.code !== EXPIRED && error.code !== LOGGED_OUT) return false
    if (error.kickOut === null) {
      // The clocks may differ, and then the server is right. Or a refresh has replaced the token while the call was on its way.
      if (session.refreshing !== null || (error.code === EXPIRED && session.tokens.access === used)) await this.#refresh(session)
      if (session.tokens.access !== used) return true
    }
    this.#leave(session, error)
    return false
  }

  #refresh(session: Session): Promise<void> {
    session.refreshing ??= this.#renew(session).finally(() => {
      session.refreshing = null
    })
    return session.refreshing
  }

  async #renew(session: Session): Promise<void> {
    const { now, refreshBuffer = DAY } = this.#options
    const renewed = async (path: string) => this.#send('POST', path, { refresh_token: session.tokens.refresh })
    try {
      const asked = now()
      if (session.tokens.refreshEnds - asked <= refreshBuffer) session.tokens = { ...session.tokens, ...refreshOf(await renewed('/refreshToken'), asked) }
      session.tokens = { ...session.tokens, ...accessOf(await renewed('/accessToken'), asked) }
    } catch (error) {
      if (error instanceof EduError && error.code === LOGGED_OUT) this.#leave(session, error)
      throw error
    }
  }

  /** The session is over. Its owner hears so once, however many calls find it out, and not after a new login. */
  #leave(session: Session, { kickOut }: EduError): void {
    if (this.#session !== session) return
    this.#session = null
    if (kickOut !== null) this.#options.onKickedOut?.(kickOut)
  }

  async #send(method: string, path: string, fields?: Json, token?: string): Promise<Json> {
    const { base, headers, fetch: send = fetch } = this.#options
    const auth = token === undefined ? {} : { auth: Buffer.from(`access_token=${token}`).toString('base64') }
    const body = method === 'GET' ? {} : { body: JSON.stringify(fields ?? {}) }
    const response = await send(`${base}${path}`, { method, headers: { 'content-type': 'application/json', ...headers, ...auth }, ...body })
    const answer: unknown = await response.json()
    if (!isJson(answer)) throw new Error(`${path} answered no object`)
    if (answer['code'] !== OK) throw new EduError(Number(answer['code']), answer)
    return answer
  }
}

/** Ends are counted from before the request, so that a slow answer makes no token look fresher than it is. */
function accessOf(body: Json, asked: number): Pick<Tokens, 'access' | 'accessEnds'> {
  return { access: text(body['access_token']), accessEnds: asked + Number(body['access_token_expire']) }
}

function refreshOf(body: Json, asked: number): Pick<Tokens, 'refresh' | 'refreshEnds'> {
  return { refresh: text(body['refresh_token']), refreshEnds: asked + Number(body['refresh_token_expire']) }
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
