/** A client of im's push channel. As with the HTTP clients, nothing that the network does makes a call reject. */
import { conditionOfThrown, isNoAnswer, NoAnswer } from '../../errors/no-answer.js'
import { codes } from '../../generated/im/contract.js'
import { createImClient, type ImClientOptions } from './im.js'
import { ImLine, type ImSocket, type ImSocketEnd, type ImSocketResult, lost, type Schemas, type WebSocketLike } from './im-line.js'
import { checkBase, memoryTokens } from './shared.js'

export type ImMessage = Schemas['Message']

export interface ImSocketOptions extends Pick<ImClientOptions, 'baseUrl' | 'tokens' | 'fetch'> {
  /** Called with messages as they come, those that waited in the queue first. What is not confirmed comes again with the next connection. */
  readonly onMessages: (messages: readonly ImMessage[], socket: ImSocket) => void
  /** The push id that an earlier connection told. */
  readonly pushId?: string | undefined
  /** Gives up opening; an open connection is ended by `close()`. */
  readonly signal?: AbortSignal | undefined
  /**
   * Makes the WebSocket; the platform's own when left out.
   * @param headers the session, where there is no cookie jar: `(url, headers) => new WebSocket(url, { headers })` with the package `ws`
   */
  readonly connect?: ((url: string, headers: Readonly<Record<string, string>>) => WebSocketLike) | undefined
}

/**
 * Connects and starts, or restarts where a push id is known.
 * @returns the connection, or why there is none. A WebSocket does not say why a handshake failed, so the backend is then asked over HTTP: a page of
 *   somebody else is `notOurs`, a session that is over is `unauthenticated`, and a backend in maintenance says so.
 * @throws TypeError (as a rejection, and whatever `connect` or `onMessages` throws) where the call itself is wrong: a base URL that is none, no
 *   `onMessages`, no WebSocket at hand
 */
export async function openImSocket(options: ImSocketOptions): Promise<ImSocketResult<ImSocket>> {
  const { baseUrl, tokens = memoryTokens<string>(), pushId, signal, onMessages, connect = platformSocket } = options
  checkBase(baseUrl)
  if (typeof onMessages !== 'function') throw new TypeError('onMessages is missing: whoever connects is sent messages')
  const session = (await tokens.get()) ?? ''
  const url = `${baseUrl.replace(/\/$/, '').replace(/^http/, 'ws')}/android/websocket/`
  if (signal?.aborted === true) return lost(conditionOfThrown(null, signal), url, 'given up')
  const line: ImLine = new ImLine(connect(url, session === '' ? {} : { cookie: `sessionid=${session}` }), url, (messages) => {
    onMessages(messages, line)
  })
  const giveUp = () => {
    line.end(lost(conditionOfThrown(null, signal), url, 'given up'))
  }
  signal?.addEventListener('abort', giveUp)
  try {
    if (!(await line.opened)) return signal !== undefined && isAborted(signal) ? await line.over : await askWhy({ ...options, tokens }, url)
    const started = await start(line, pushId)
    if (started.error === undefined) return { data: line, response: started.response }
    line.close()
    line.ended.catch(() => undefined)
    // Where onMessages failed meanwhile, this throws what it threw.
    await line.over
    return started
  } finally {
    signal?.removeEventListener('abort', giveUp)
    // A store that fails keeps a session that is dead anyway: the next call over HTTP finds out.
    line.over.then(({ error }) => (isNoAnswer(error) || error.message !== 'session error' ? undefined : forget(tokens, session))).catch(() => undefined)
  }
}

async function start(line: ImLine, pushId: string | undefined): Promise<ImSocketResult<Schemas['ServerAck']>> {
  if (pushId !== undefined && pushId !== '') {
    const restarted = await line.send('restart', { pushId })
    const isRefused = restarted.error !== undefined && !isNoAnswer(restarted.error) && restarted.error.message === 'restart refused'
    if (!isRefused) return restarted
  }
  return line.send('start')
}

/** The session that a login has put in its place since is none of this connection's. */
async function forget(tokens: NonNullable<ImSocketOptions['tokens']>, session: string): Promise<void> {
  if (session !== '' && (await tokens.get()) === session) await tokens.set(null)
}

async function askWhy({ baseUrl, tokens, fetch, signal }: ImSocketOptions, url: string): Promise<ImSocketEnd> {
  const { data, error, response } = await createImClient({ baseUrl, tokens, ...(fetch && { fetch }) }).GET('/android/user_contacts/', { ...(signal && { signal }) })
  if (isNoAnswer(error)) return { error, response }
  const isUp = response.ok && response.headers.get('server-status') === null
  // What the channel itself would have said.
  if (isUp && data?.status === codes.ERROR_NET && data.message === 'session error') return { error: { status: data.status, pushId: '', message: data.message }, response }
  // Of an answer that is none, the HTTP status says what it means.
  return { error: new NoAnswer(isUp ? 'offline' : 'notOurs', { url, message: `${url}: no WebSocket, though HTTP answers`, response }), response }
}

function isAborted({ aborted }: AbortSignal): boolean {
  return aborted
}

function platformSocket(url: string, headers: Readonly<Record<string, string>>): WebSocketLike {
  const { WebSocket } = globalThis as { WebSocket?: new (url: string, options?: object) => WebSocketLike } // browsers have it, and Node.js from 22 on
  if (WebSocket === undefined) throw new TypeError('There is no WebSocket on this platform: pass "connect", as in (url, headers) => new WebSocket(url, { headers }) with the package ws')
  // A browser has the cookie itself, and takes no options.
  return Object.keys(headers).length === 0 ? new WebSocket(url) : new WebSocket(url, { headers })
}
