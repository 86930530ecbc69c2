/** Redis by way of `@redis/client`. It is loaded when somebody asks for this engine, and not before. */
import type * as RedisClient from '@redis/client'
import { pause } from '../../clock.js'
import { Away, type Ear, MOST_HEARD, Presence, type RedisPort } from './port.js'
import type { Script } from './scripts.js'

/** Real milliseconds without a word, after which a connection counts as broken; it is asked for one more often than that. */
const SILENCE = 5000
const PING = 1500
/** Real milliseconds for which an ear waits at a time. */
const HEARING = 5000
/** Answers that say: not carried out, come back later. */
const LATER = /^(LOADING|BUSY|TRYAGAIN|MASTERDOWN|READONLY|CLUSTERDOWN|NOREPLICAS)\b/

type Library = typeof RedisClient
type Client = ReturnType<typeof makeClient>
type Reconnect = false | ((retries: number, cause: Error) => number | Error)

/** A connection that tells at once when Redis is not there; RESP 2, for older servers speak it as well. */
function makeClient({ createClient }: Library, url: string, silence: number, reconnectStrategy: Reconnect, ping = 0) {
  return createClient({ url, RESP: 2, disableOfflineQueue: true, pingInterval: ping, socket: { socketTimeout: silence, reconnectStrategy } })
}

/**
 * Connects.
 * @param url `redis://…` or `rediss://…`
 * @param report told when Redis goes and comes back
 * @throws Error when nobody answers there, or `@redis/client` is not installed
 */
export async function connectRedis(url: string, report: (problem: string) => void): Promise<RedisPort> {
  const library = await loadLibrary()
  const where = withoutSecrets(url)
  const presence = new Presence((isThere, why) => {
    report(isThere ? `Redis at ${where} is back` : `Redis at ${where} is away: ${why}. Calls are answered with an internal error until it is back.`)
  })
  let hasBeenReached = false
  // A first attempt that fails is told to whoever starts the server; later ones go on until Redis is back.
  const client = makeClient(library, url, SILENCE, (retries, cause) => (hasBeenReached ? Math.min(20 * 2 ** retries, 500) : cause), PING)
  client.on('ready', () => {
    hasBeenReached = true
    presence.came()
  })
  client.on('error', (error: unknown) => {
    if (!client.isReady) presence.went(tell(error))
  })
  try {
    await client.connect()
  } catch (error) {
    throw new Error(`no Redis answers at ${where}: ${tell(error)}`, { cause: error })
  }
  return new ClientPort(client, library, url, where, presence)
}

/** @throws Error that says how to install it */
export async function loadLibrary(): Promise<Library> {
  return import('@redis/client').catch(() => {
    throw new Error('keeping sandboxes in Redis needs the package @redis/client, which could not be loaded; install it with: npm install @redis/client@6.3.1')
  })
}

/** @returns the address without name and password */
export function withoutSecrets(url: string): string {
  return url.replaceAll(/\/\/[^@/]*@/g, '//').replace(/\?.*$/, '')
}

class ClientPort implements RedisPort {
  readonly where: string
  readonly #client: Client
  readonly #library: Library
  readonly #url: string
  readonly #presence: Presence

  constructor(client: Client, library: Library, url: string, where: string, presence: Presence) {
    this.#client = client
    this.#library = library
    this.#url = url
    this.where = where
    this.#presence = presence
  }

  get trouble(): string | null {
    return this.#presence.isThere ? null : `Redis at ${this.where} is away: ${this.#presence.why}`
  }

  async run({ source, sha }: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args]
    try {
      return await this.#send(['EVALSHA', sha, ...rest])
    } catch (error) {
      // One that is not known there was not carried out: after a restart all have to be told again.
      if (!isReply(error, this.#library) || !error.message.startsWith('NOSCRIPT')) throw error
      return this.#send(['EVAL', source, ...rest])
    }
  }

  send(_key: string, command: readonly string[]): Promise<unknown> {
    return this.#send(command)
  }

  listen(): Ear {
    return new ClientEar(this.#client, this.#library, this.#url)
  }

  async close(): Promise<void> {
    if (this.#client.isReady) await this.#client.close().catch(() => undefined)
    else if (this.#client.isOpen) this.#client.destroy()
  }

  async #send(command: readonly string[]): Promise<unknown> {
    if (!this.#client.isReady) await this.#presence.wait()
    return this.#client.sendCommand<unknown>([...command]).catch((error: unknown) => {
      throw asAway(error, this.#library)
    })
  }
}

class ClientEar implements Ear {
  readonly #main: Client
  readonly #client: Client
  readonly #library: Library
  /** How Redis calls the connection; null while it is not connected. */
  #id: string | null = null
  #hearing = false
  #isClosed = false

  constructor(main: Client, library: Library, url: string) {
    this.#main = main
    this.#library = library
    this.#client = makeClient(library, url, HEARING + SILENCE, false)
    // Told to whoever hears.
    this.#client.on('error', () => {
      this.#id = null
    })
  }

  async hear(places: ReadonlyMap<string, string>): Promise<unknown> {
    try {
      if (this.#id === null) await this.#connect()
      this.#hearing = true
      return await this.#client.sendCommand<unknown>(['XREAD', 'COUNT', String(MOST_HEARD), 'BLOCK', String(HEARING), 'STREAMS', ...places.keys(), ...places.values()])
    } catch (error) {
      throw asAway(error, this.#library)
    } finally {
      this.#hearing = false
    }
  }

  nudge(): void {
    void this.#nudge().catch(() => undefined)
  }

  close(): void {
    this.#isClosed = true
    if (this.#client.isOpen) this.#client.destroy()
  }

  async #connect(): Promise<void> {
    if (this.#isClosed) throw new Away('the connection was closed')
    if (this.#client.isOpen) this.#client.destroy()
    await this.#client.connect()
    this.#id = String(await this.#client.sendCommand<unknown>(['CLIENT', 'ID']))
  }

  /** The order to wait and the order not to travel on two connections: the second may be there first, and is given again. */
  async #nudge(): Promise<void> {
    const id = this.#id
    while (this.#hearing && id !== null && !this.#isClosed) {
      if (Number(await this.#main.sendCommand<unknown>(['CLIENT', 'UNBLOCK', id])) === 1) return
      await pause(1)
    }
  }
}

function asAway(error: unknown, library: Library): unknown {
  if (!isReply(error, library)) return new Away(tell(error))
  return LATER.test(error.message) ? new Away(error.message) : error
}

/** Whether Redis itself has said so. */
function isReply(error: unknown, { ErrorReply }: Library): error is RedisClient.ErrorReply {
  return error instanceof ErrorReply
}

function tell(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(tell).join(', ')
  return error instanceof Error && error.message !== '' ? error.message : String(error)
}
