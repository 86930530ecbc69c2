/** A client of edu: the headers that every call needs, the access token in the header `auth`, and its refresh. */
import type { ClientOptions, Middleware } from 'openapi-fetch'
import { isNoAnswer } from '../../errors/no-answer.js'
import { codes, type components } from '../../generated/edu/contract.js'
import { deviceTime } from './clock.js'
import { CHECK, type EduPaths, ENTRIES, LOGOUT, OPEN, REFRESH_ACCESS, REFRESH_REFRESH } from './edu-paths.js'
import { EduSession, isRefused, type EduTokens, type Failed, isFailed, type KickedOut } from './edu-session.js'
import { openClient, OwnFault, unanswered } from './open.js'
import { type DialectRules, isSuccessful, ownWord } from './own-word.js'
import { type BaseOptions, formFields, type JsonObject, memoryTokens } from './shared.js'
import type { ContractClient } from './types.js'

/** The headers by which the backend knows an app; `u` (IMEI) and `w` (MAC) are sent with registration and logins only. */
export type EduApp = { client: string; u: string; w: string } & ({ platform: 'android'; channel: string } | { platform: 'ios'; channel?: string })

export interface EduClientOptions extends BaseOptions<EduTokens> {
  userType: components['parameters']['UserType']
  app: EduApp
  /** Told once when another login has ended this one; the tokens are dropped by then. */
  onKickedOut?: ((by: KickedOut) => void) | undefined
  /** How long before it runs out an access token is renewed, in milliseconds; a minute when left out. */
  refreshAhead?: number | undefined
  /** The same for the refresh token itself; a day when left out. */
  renewAhead?: number | undefined
  /** The clock that tokens age by, in milliseconds since 1970; the device's when left out. */
  now?: (() => number) | undefined
}

export type EduClient = ContractClient<EduPaths>

const MINUTE = 60_000
const DAY = 86_400_000

/**
 * Makes a client of edu for one kind of user.
 * - `userType` and the headers are filled in.
 * - A login, registration and refresh keep their tokens; a logout and a dead login drop them.
 * - A token that is about to run out is renewed before the call, one that the server finds expired (899) afterwards, and the call is
 *   repeated once. Calls at the same time share one refresh. A refresh that is refused answers the call.
 * - The end of the login is heard from any call, a second try and a check of the token included.
 * @returns an openapi-fetch client; `error` is the union of failures, told apart by `code`
 */
export function createEduClient(options: EduClientOptions): EduClient {
  const { userType, app, tokens: store = memoryTokens(), onKickedOut, refreshAhead = MINUTE, renewAhead = DAY, now = deviceTime, ...rest } = options
  const session = new EduSession({ store, now, refreshAhead, renewAhead, onKickedOut, ask })
  const transport = options.fetch ?? ((request: Request) => fetch(request))
  const middleware: Middleware = {
    async onRequest({ request, schemaPath }) {
      if (!schemaPath.startsWith('/rest/')) return undefined
      addHeaders(request, app, isEntry(schemaPath))
      if (OPEN.includes(schemaPath)) return undefined
      const tokens = await unlessGivenUp(request, () => session.usable())
      if (isFailed(tokens)) return tokens.answer()
      if (tokens !== null) request.headers.set('auth', EduSession.header(tokens))
      return undefined
    },
    async onResponse({ request, response, schemaPath }) {
      if (schemaPath === CHECK) await hear(new URL(request.url).searchParams.get('access_token') ?? '', response)
      const kind = isEntry(schemaPath) ? 'entry' : schemaPath === LOGOUT ? 'logout' : schemaPath === REFRESH_ACCESS || schemaPath === REFRESH_REFRESH ? 'refresh' : null
      const body = kind === null ? null : await ownWord(response, DIALECT)
      if (kind !== null && body !== null) await session.learn(body, kind)
    },
  }
  const client = openClient<EduPaths>({ bodySerializer, ...rest, Request: requestOf(options, userType), fetch: send }, DIALECT, [middleware])

  /** Sends a request; once more with a new token when the one it bears is refused. */
  async function send(request: Request): Promise<Response> {
    const used = request.headers.get('auth')
    if (used === null) return transport(request)
    const again = request.clone()
    const response = await transport(request)
    const body = await ownWord(response, DIALECT)
    if (body === null || !isRefused(body)) return response
    const tokens = await unlessGivenUp(request, () => ofTheApp(session.recover(used, body)))
    if (tokens === null) return response
    if (isFailed(tokens)) return tokens.answer()
    again.headers.set('auth', EduSession.header(tokens))
    const last = await transport(again)
    await ofTheApp(hear(tokens.accessToken, last))
    return last
  }

  async function hear(accessToken: string, response: Response): Promise<void> {
    const body = await ownWord(response, DIALECT)
    if (body !== null) await session.hear(accessToken, body)
  }

  async function ask(kind: 'access' | 'refresh', refresh_token: string): Promise<Failed | null> {
    let kept = Response.error()
    const keep: Middleware = {
      onResponse({ response }) {
        kept = response.clone()
      },
    }
    const { error } = await client.POST(kind === 'access' ? REFRESH_ACCESS : REFRESH_REFRESH, { body: { refresh_token }, middleware: [keep] })
    const body = await ownWord(kept, DIALECT)
    if (body?.code === codes.OK) return null
    const answer = () => {
      if (isNoAnswer(error)) throw error
      return kept.clone()
    }
    return { body, answer }
  }

  return client
}

const DIALECT: DialectRules = { isOwn }

/** Failures travel under an HTTP status of their own or under 200, a setting of the backend; a success under 200 only. Of a 5XX only one code speaks. */
function isOwn({ code, msg }: JsonObject, status: number): boolean {
  if (code === codes.OK) return isSuccessful(status)
  return typeof code === 'number' && typeof msg === 'string' && (status < 500 || code === codes.INTERNAL_ERROR)
}

/**
 * Waits for what calls share, as long as this one is not given up; the others wait on.
 * @throws NoAnswer when it is
 */
async function unlessGivenUp<T>(request: Request, shared: () => Promise<T>): Promise<T> {
  const { signal } = request
  let giveUp = () => {}
  try {
    return await new Promise<T>((resolve, reject) => {
      giveUp = () => { reject(unanswered(signal.reason, request)) }
      if (signal.aborted) giveUp()
      else {
        signal.addEventListener('abort', giveUp)
        shared().then(resolve, reject)
      }
    })
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/** What fails in the app's own code, its token store or `onKickedOut`, is nothing that the network did. */
async function ofTheApp<T>(work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => { throw new OwnFault('the app failed', { cause }) })
}

function isEntry(path: string): boolean {
  return (ENTRIES as readonly string[]).includes(path) // wider, so that any path can be looked for
}

/** What a call sets itself stays. */
function addHeaders({ headers }: Request, { u, w, ...common }: EduApp, entry: boolean): void {
  for (const [name, value] of Object.entries({ ...common, ...(entry ? { u, w } : {}) })) {
    if (!headers.has(name)) headers.set(name, value)
  }
  // The document's table asks for it without exception, a GET included.
  if (!headers.has('content-type')) headers.set('content-type', 'application/json')
}

/** The class that openapi-fetch makes requests with, filling the `userType` into their path. */
function requestOf({ Request: Base = globalThis.Request }: ClientOptions, userType: string): typeof Request {
  return class extends Base {
    constructor(input: ConstructorParameters<typeof Request>[0], init?: RequestInit) {
      super(typeof input === 'string' ? input.replace('{userType}', userType) : input, init)
    }
  }
}

/** A body with a file in it is a form, any other is JSON. */
function bodySerializer(body: unknown): string | FormData {
  const fields = formFields(body)
  if (!fields.some(([, value]) => value instanceof Blob)) return JSON.stringify(body)
  const form = new FormData()
  for (const [name, value] of fields) form.append(name, value)
  return form
}
