/** One Redis, or one node of a cluster, by way of `@redis/client`. */
import { pause } from '../../clock.js'
import { ClientEar } from './ear.js'
import { asAway, type Client, HEARING, isReply, type Library, makeClient, PING, SILENCE, tell } from './library.js'
import { Declined, type Ear, Presence, type RedisPort } from './port.js'
import type { Script } from './scripts.js'

/** Real milliseconds between two looks whether anything is answered. */
const WATCH = 1000

/** So many reasons for which Redis declines something are told. */
const MOST_REASONS = 20

/** Real milliseconds before it is tried again to connect; longer and longer, up to the second. */
const SOON = 20
const LATEST = 500

/** @returns the address without name and password */
export function withoutSecrets(url: string): string {
  return url.replaceAll(/\/\/[^@/]*@/g, '//').replace(/\?.*$/, '')
}

export class ClientPort implements RedisPort {
  readonly where: string
  readonly ears = 1
  readonly #library: Library
  readonly #url: string
  readonly #report: (problem: string) => void
  /** Why Redis has declined something, as far as that has been told. */
  readonly #declined = new Set<string>()
  readonly #presence: Presence
  readonly #watch: NodeJS.Timeout
  #client: Client
  /** Whether a first attempt that fails is told to whoever made it; later ones go on until Redis is there. */
  #isFirst = true
  /** Commands that are not answered yet, and how often that was so in a row without any answer in between. */
  #unanswered = 0
  #quietLooks = 0

  /**
   * @param url `redis://…` or `rediss://…` of one host
   * @param report told when Redis goes and comes back
   */
  constructor(library: Library, url: string, report: (problem: string) => void) {
    this.#library = library
    this.#url = url
    this.#report = report
    this.where = withoutSecrets(url)
    this.#presence = new Presence((isThere, why) => {
      report(isThere ? `Redis at ${this.where} is back` : `Redis at ${this.where} is away: ${why}. Calls are answered with an internal error until it is back.`)
    })
    this.#client = this.#make()
    this.#watch = setInterval(() => {
      // Looks are counted, not time: a process that was busy itself finds its answers after the first one.
      if (this.#unanswered > 0 && ++this.#quietLooks > SILENCE / WATCH) this.#restart(`it has not answered for ${String(SILENCE / 1000)} seconds`)
    }, WATCH).unref()
  }

  /** @throws Error when nobody answers there */
  async reach(): Promise<void> {
    try {
      await this.#client.connect()
    } catch (error) {
      clearInterval(this.#watch)
      throw new Error(`no Redis answers at ${this.where}: ${tell(error)}`, { cause: error })
    }
  }

  /** Connects as soon as that can be done; calls wait for it as they do for one that has gone. */
  follow(): void {
    this.#isFirst = false
    this.#client.connect().catch(() => undefined)
  }

  get trouble(): string | null {
    return this.#presence.isThere ? null : `Redis at ${this.where} is away: ${this.#presence.why}`
  }

  nodes(): readonly RedisPort[] {
    return [this]
  }

  /** @param isAsked whether a node of a cluster is to do what it is not yet in charge of */
  async run({ source, sha }: Script, keys: readonly string[], args: readonly string[], isAsked = false): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args]
    try {
      return await this.#send(['EVALSHA', sha, ...rest], isAsked)
    } catch (error) {
      // One that is not known there was not carried out: after a restart all have to be told again.
      if (!isReply(error, this.#library) || !error.message.startsWith('NOSCRIPT')) throw error
      return this.#send(['EVAL', source, ...rest], isAsked)
    }
  }

  send(_key: string, command: readonly string[], isAsked = false): Promise<unknown> {
    return this.#send(command, isAsked)
  }

  listen(): Ear {
    return new ClientEar({ library: this.#library, client: () => makeClient(this.#library, this.#url, HEARING + SILENCE, false), send: (command) => this.#send(command, false) })
  }

  async close(): Promise<void> {
    clearInterval(this.#watch)
    this.#presence.ended()
    const closed = new AbortController()
    if (this.#client.isReady) await Promise.race([this.#client.close().catch(() => undefined), pause(SILENCE, closed.signal)])
    closed.abort()
    this.#client.destroy()
  }

  #make(): Client {
    const client = makeClient(this.#library, this.#url, SILENCE, (retries, cause) => (this.#isFirst ? cause : Math.min(SOON * 2 ** retries, LATEST)), PING)
    client.on('ready', () => {
      this.#isFirst = false
      if (client === this.#client) this.#presence.came()
    })
    client.on('error', (error: unknown) => {
      if (client === this.#client && !client.isReady) this.#presence.went(tell(error))
    })
    return client
  }

  /** What is sent keeps a connection awake, so one that never answers has to be given up from here. */
  #restart(why: string): void {
    const silent = this.#client
    this.#quietLooks = 0
    this.#client = this.#make()
    this.#presence.went(why)
    silent.destroy()
    this.follow()
  }

  /** Each reason once: it is the same for every call. */
  #tellOnce(reason: string): void {
    const kind = reason.replace(/ script: .*$/s, '')
    if (this.#declined.has(kind) || this.#declined.size === MOST_REASONS) return
    this.#declined.add(kind)
    this.#report(`Redis at ${this.where} does not do what it is asked for. Calls that need it are answered with an internal error. ${kind}`)
  }

  async #send(command: readonly string[], isAsked: boolean): Promise<unknown> {
    if (!this.#client.isReady) await this.#presence.wait()
    if (this.#unanswered++ === 0) this.#quietLooks = 0
    try {
      // Both go at once and by one connection, so that nothing comes between them.
      if (isAsked) this.#client.sendCommand(['ASKING']).catch(() => undefined)
      const answer = await this.#client.sendCommand<unknown>([...command])
      this.#quietLooks = 0
      return answer
    } catch (error) {
      if (isReply(error, this.#library)) this.#quietLooks = 0
      const known = asAway(error, this.#library)
      if (known instanceof Declined) this.#tellOnce(known.message)
      throw known
    } finally {
      this.#unanswered--
    }
  }
}
