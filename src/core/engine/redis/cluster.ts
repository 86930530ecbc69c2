/**
 * A Redis Cluster: nodes that divide the sandboxes among them. Each is reached as one Redis by itself is, with the same patience when it
 * is away, so that one that does not answer holds up only the calls to its own sandboxes. (The cluster client of the library waits without
 * end for a node that it was told of and cannot reach.)
 */
import { pause } from '../../clock.js'
import { type ClientPort, withoutSecrets } from './client.js'
import { Away, type Ear, heardBy, type RedisPort } from './port.js'
import type { Script } from './scripts.js'
import { redirectFrom, slotOf, slotsFrom, tagOf } from './slots.js'

/** So often a command is sent on; nodes that do not agree are asked again later. */
const MOST_REDIRECTS = 5
/** Real milliseconds between two tries to learn who has taken a missing node's place. */
const BETWEEN = 250
/** So many sandboxes have a connection of their own to be heard of. More share them, and are asked in turns. */
const MOST_EARS = 200
/** Real milliseconds between two turns. */
const TURN = 100

export class ClusterPort implements RedisPort {
  readonly where: string
  readonly ears = MOST_EARS
  readonly #make: (url: string) => ClientPort
  /** The address of a node, but for host and port: how to log in, and whether by TLS. */
  readonly #scheme: string
  /** By `host:port`. */
  readonly #ports = new Map<string, ClientPort>()
  /** The one that was reached first, until nodes are known by the names that they give each other. */
  #first: ClientPort | null
  #slots: readonly string[] = []
  #learning: Promise<void> | null = null
  #isLooking = false
  #isClosed = false

  /**
   * @param first a node that has been reached
   * @param url its address, or that of another
   * @param make reaches out for another node
   */
  constructor(first: ClientPort, url: string, make: (url: string) => ClientPort) {
    this.#first = first
    this.where = first.where
    this.#scheme = /^rediss?:\/\/(?:[^@/]*@)?/.exec(url)?.[0] ?? 'redis://'
    this.#make = make
  }

  get trouble(): string | null {
    for (const { trouble } of this.nodes()) if (trouble !== null) return trouble
    return null
  }

  nodes(): readonly ClientPort[] {
    return [...this.#ports.values()]
  }

  async run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#carryOut(keys[0] ?? '', (port, isAsked) => port.run(script, keys, args, isAsked))
  }

  send(key: string, command: readonly string[]): Promise<unknown> {
    return this.#carryOut(key, (port, isAsked) => port.send(key, command, isAsked))
  }

  listen(): Ear {
    return new ClusterEar(this)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#ports.values(), ...(this.#first === null ? [] : [this.#first])].map((port) => port.close()))
  }

  /** @returns the node that is in charge of the key, as far as is known here @throws Away when none is */
  nodeOf(key: string): ClientPort {
    const address = this.#slots[slotOf(key)]
    if (address === undefined) throw new Away(`no node of the cluster at ${this.where} is in charge of ${tagOf(key)}`)
    return this.#portOf(address)
  }

  /**
   * Asks nodes until one says which of them is in charge of what.
   * @param knowing a node that knows more than was known here
   * @throws Away when none can be asked
   */
  learn(knowing?: ClientPort): Promise<void> {
    this.#learning ??= this.#learn(knowing).finally(() => {
      this.#learning = null
    })
    return this.#learning
  }

  async #learn(knowing: ClientPort | undefined): Promise<void> {
    for (const port of new Set([knowing ?? [], this.#first ?? [], ...this.#ports.values()].flat())) {
      if (port.trouble !== null) continue
      const reply = await port.send('', ['CLUSTER', 'SLOTS']).catch(() => null)
      if (reply === null) continue
      this.#slots = slotsFrom(reply, hostOf(port.where))
      for (const address of new Set(this.#slots)) this.#portOf(address)
      this.#dropOthers()
      return
    }
    throw new Away(this.trouble ?? `no node of the cluster at ${this.where} can be asked`)
  }

  /** Nodes that are in charge of nothing any more. Whoever waits for one of them is sent to the one that is. */
  #dropOthers(): void {
    const used = new Set(this.#slots)
    for (const [address, port] of this.#ports) {
      if (used.has(address)) continue
      this.#ports.delete(address)
      void port.close()
    }
    if (used.size === 0 || this.#first === null) return
    void this.#first.close()
    this.#first = null
  }

  #portOf(address: string): ClientPort {
    let port = this.#ports.get(address)
    if (port === undefined) {
      this.#ports.set(address, (port = this.#make(`${this.#scheme}${address}`)))
      if (!this.#isClosed) port.follow()
    }
    return port
  }

  async #carryOut(key: string, work: (port: ClientPort, isAsked: boolean) => Promise<unknown>): Promise<unknown> {
    let port = this.nodeOf(key)
    let isAsked = false
    for (let redirects = 0; ; redirects++) {
      if (port.trouble !== null) void this.#lookForOthers(port)
      try {
        return await work(port, isAsked)
      } catch (error) {
        const redirect = redirectFrom(error, hostOf(port.where))
        if (redirect === null) throw error
        if (redirects === MOST_REDIRECTS) throw new Away(`the nodes of the cluster at ${this.where} do not agree on who has ${tagOf(key)}`)
        isAsked = redirect.isAsk
        if (isAsked) port = this.#portOf(redirect.address)
        else {
          await this.learn(port)
          port = this.nodeOf(key)
        }
      }
    }
  }

  /** A node that is away may have been replaced, which only others can tell. */
  async #lookForOthers(missing: ClientPort): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    while (!this.#isClosed && missing.trouble !== null && this.nodes().includes(missing)) {
      await this.learn().catch(() => undefined)
      await pause(BETWEEN)
    }
    this.#isLooking = false
  }
}

function hostOf(where: string): string {
  return new URL(withoutSecrets(where)).hostname
}

/** Waits for one sandbox, on the node that has it; or asks after several in turns, for one connection can wait at one place only. */
class ClusterEar implements Ear {
  readonly #cluster: ClusterPort
  #node: ClientPort | null = null
  #ear: Ear | null = null
  #turn: AbortController | null = null

  constructor(cluster: ClusterPort) {
    this.#cluster = cluster
  }

  async hear(places: ReadonlyMap<string, string>): Promise<unknown> {
    const [stream = ''] = places.keys()
    const tags = new Set([...places.keys()].map(tagOf))
    try {
      return await (tags.size === 1 ? this.#at(stream).hear(places) : this.#ask([...tags].map((tag) => new Map([...places].filter(([one]) => tagOf(one) === tag)))))
    } catch (error) {
      if (redirectFrom(error, '') === null) throw error
      await this.#cluster.learn()
      throw new Away(`${tagOf(stream)} has moved`)
    }
  }

  nudge(): void {
    this.#ear?.nudge()
    this.#turn?.abort()
  }

  close(): void {
    this.#ear?.close()
    this.#turn?.abort()
  }

  #at(stream: string): Ear {
    const node = this.#cluster.nodeOf(stream)
    if (this.#ear === null || node !== this.#node) {
      this.#ear?.close()
      this.#node = node
      this.#ear = node.listen()
    }
    return this.#ear
  }

  async #ask(groups: readonly ReadonlyMap<string, string>[]): Promise<unknown> {
    const answers = await Promise.all(groups.map((places) => this.#cluster.send([...places.keys()][0] ?? '', heardBy(places))))
    const heard = answers.flatMap((answer) => (Array.isArray(answer) ? (answer as readonly unknown[]) : []))
    if (heard.length > 0) return heard
    this.#turn = new AbortController()
    await pause(TURN, this.#turn.signal)
    return null
  }
}
