/** Logs users of the stub in at a real backend, by the credentials that its configuration has for them: once for each session. */
import { isObject } from '../../plain/json.js'
import type { LoginCall, RequestView } from '../dialect.js'
import type { SessionRecord } from '../sessions.js'
import type { CallHeaders } from '../stage/call.js'
import type { System } from '../system.js'
import type { Turn } from '../turn.js'
import { newsOf, pair } from './adopt.js'
import { ForwardError, type Forwarder, type Incoming, take } from './forward.js'
import { outgoingHeaders } from './headers.js'
import { readReply } from './read.js'
import { type Backend, placeOf } from './setting.js'

/** Somebody whose session the real backend does not know. */
export interface Unknown {
  readonly system: System
  readonly turn: Turn
  readonly session: SessionRecord
  /** Of the call that he has made. */
  readonly headers: CallHeaders
}

/** What came of it: null when he is logged in there; else why not, and whether the backend has said so, which it would say again. */
type LoginResult = { readonly why: string; readonly isRefusal: boolean } | null

/** So many sessions for which it went wrong are remembered, so that a backend is not asked again and again with a password that it refuses. */
const MOST_FAILED = 1000
/** So much of a login's answer is read. */
const MOST_READ = 1024 * 1024

export class RealLogins {
  readonly #forwarder: Pick<Forwarder, 'forward'>
  readonly #underWay = new Map<string, Promise<LoginResult>>()
  readonly #failed = new Map<string, { readonly by: string; readonly why: string }>()

  constructor(forwarder: Pick<Forwarder, 'forward'>) {
    this.#forwarder = forwarder
  }

  /**
   * @returns null when the session is known to the backend from now on; else why it is not, and then the next call may try again unless it was refused; undefined where there are no credentials for its user
   */
  async logIn(unknown: Unknown, backend: Backend, self: string): Promise<string | null | undefined> {
    const { system: { id, dialect }, turn, session } = unknown
    const { credentials = {} } = backend
    if (dialect.logIn === undefined || Object.keys(credentials).length === 0 || !isAlive(session, turn.now)) return undefined
    const names = await namesOf(unknown)
    const name = names.find((one) => Object.hasOwn(credentials, one))
    const secret = name === undefined ? undefined : credentials[name]
    if (name === undefined || secret === undefined) return undefined
    const key = `${id} ${session.id} ${session.accessToken}`
    const by = `${backend.url} ${secret}`
    const failed = this.#failed.get(key)
    if (failed?.by === by) return failed.why
    const trying = `${key} ${by}`
    let way = this.#underWay.get(trying)
    if (way === undefined) {
      way = this.#play(unknown, backend, dialect.logIn({ name, secret, realm: session.realm, headers: unknown.headers }), self).finally(() => this.#underWay.delete(trying))
      this.#underWay.set(trying, way)
    }
    const outcome = await way
    if (outcome?.isRefusal === true) this.#remember(key, by, outcome.why)
    return outcome?.why ?? null
  }

  /** Plays the calls of a login; the last one's answer is the one that tells of the session. */
  async #play({ system, turn, session }: Unknown, backend: Backend, calls: readonly LoginCall[], self: string): Promise<LoginResult> {
    const { origin, base } = placeOf(backend)
    let last = 'its dialect knows no login'
    for (const call of calls) {
      let answer: Incoming
      let bytes: Uint8Array
      try {
        answer = await this.#forwarder.forward({ ...carried(call, self), origin, path: `${base}${call.path}`, timeout: backend.timeout, whenGone: null })
        const taken = await take(answer.body, MOST_READ)
        bytes = taken.bytes
        // Whoever reads no further has the connection back.
        await taken.rest?.return?.()
      } catch (error) {
        if (!(error instanceof ForwardError)) throw error
        return { why: `${call.operation}: ${error.reason}`, isRefusal: false }
      }
      const { json, error } = readReply(system.contract, call.operation, answer.status, bytes)
      const news = newsOf(system, { operation: call.operation, request: viewOf(call), body: isObject(json) ? json : {}, headers: answer.headers, error })
      if (news?.kind === 'began') {
        const { problem } = await pair({ system, turn, backend: backend.url, caller: session }, news, { issued: session, renewed: null })
        return problem === null ? null : { why: problem, isRefusal: false }
      }
      if (error === undefined) return { why: `${call.operation} was answered with HTTP ${String(answer.status)}, which the contract does not know`, isRefusal: answer.status < 500 && isObject(json) }
      if (error !== null) return { why: `${call.operation} was answered with ${error}`, isRefusal: answer.status < 500 }
      last = `what ${call.operation} was answered with is no login`
    }
    return { why: last, isRefusal: true }
  }

  #remember(key: string, by: string, why: string): void {
    this.#failed.set(key, { by, why })
    const [oldest] = this.#failed.keys()
    if (this.#failed.size > MOST_FAILED && oldest !== undefined) this.#failed.delete(oldest)
  }
}

function isAlive({ endedAt, accessExpiresAt }: SessionRecord, now: number): boolean {
  return endedAt === null && (accessExpiresAt === null || accessExpiresAt > now)
}

/** What people know the user of a session by. */
async function namesOf({ system: { id, users }, turn, session }: Unknown): Promise<readonly string[]> {
  const { value } = await turn.transact(id, (tx) => tx.get(users.collection, users.key(session.userId)))
  return value === undefined ? [] : users.names.map((name) => value[name]).filter((name) => typeof name === 'string')
}

function carried({ method, fields, type, headers: own = {} }: LoginCall, self: string) {
  const headers = outgoingHeaders(own, [], [self])
  if (method === 'GET') return { method, headers, body: null }
  const text = type === 'application/json' ? JSON.stringify(fields) : String(new URLSearchParams(fields))
  return { method, headers: { ...headers, 'content-type': type }, body: Buffer.from(text) }
}

function viewOf({ method, fields, headers = {}, parameters = {} }: LoginCall): RequestView {
  return { method, headers, query: () => undefined, field: (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined), pathParameters: parameters, hasBody: method !== 'GET' }
}
