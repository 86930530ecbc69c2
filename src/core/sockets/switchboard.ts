/** The open WebSockets of a stage: who they are, how many there may be, and what reaches them from elsewhere. */
import type { Budget } from '../budget.js'
import { pause, stopwatch } from '../clock.js'
import type { RequestView } from '../dialect.js'
import { NoRoom } from '../engine/engine.js'
import type { Proof } from '../identify.js'
import { type Address, readAddress, urlBelow } from '../pipeline/address.js'
import { SERVER_STATUS_HEADER } from '../pipeline/maintenance.js'
import { parseQuery } from '../pipeline/query.js'
import { problemReply } from '../problem.js'
import type { Reply } from '../reply.js'
import type { Sandbox } from '../sandbox.js'
import type { Sandboxes } from '../sandboxes.js'
import type { Call, CallHeaders } from '../stage/call.js'
import type { System } from '../system.js'
import type { Turn } from '../turn.js'
import { Connection } from './connection.js'
import { type Socket, socketOperations } from './definition.js'
import { strike } from './faults.js'
import { Group } from './group.js'
import { CUT, NOTHING_SENT, recordFrames } from './outgoing.js'
import { closeCodes, type SocketLink, Wire } from './wire.js'

export interface SocketLimits {
  /** Bytes of one frame. */
  readonly frame: number
  /** Bytes that may wait for a slow reader. */
  readonly backlog: number
  /** Connections of one sandbox. */
  readonly perSandbox: number
}

export const defaultLimits: SocketLimits = { frame: 256 * 1024, backlog: 1024 * 1024, perSandbox: 2000 }

/** So many frames of one connection may wait for their answer; then no more are read. */
const MOST_PENDING = 64
/** Real milliseconds that clients have to say goodbye when the stage closes. */
const GOODBYE = 1000

interface Found {
  readonly name: string
  readonly socket: Socket
  readonly system: System
  readonly address: Address
  readonly headers: CallHeaders
  /** The client has gone. */
  readonly signal: AbortSignal
}

/** What a host is to do about a request for a socket. */
export type Opening =
  /** Answer the handshake with this, and close the connection. */
  | { readonly kind: 'refused'; readonly reply: Reply }
  /** Close the connection without a word. */
  | { readonly kind: 'cut' }
  /** Carry the handshake out with these headers, then hand the open socket over. */
  | { readonly kind: 'granted'; readonly headers: Readonly<Record<string, string>>; begin(link: SocketLink): void }

export interface SwitchboardOptions {
  readonly systems: ReadonlyMap<string, System>
  readonly sandboxes: Sandboxes
  readonly limits?: Partial<SocketLimits>
  /** What may wait for slow readers. */
  readonly budget: Budget
  readonly report: (problem: string) => void
}

export class Switchboard {
  readonly #options: SwitchboardOptions
  readonly limits: SocketLimits
  readonly #groups = new Map<Sandbox, Group>()
  #opened = 0
  #isClosing = false

  constructor(options: SwitchboardOptions) {
    this.#options = options
    this.limits = { ...defaultLimits, ...options.limits }
  }

  /**
   * Somebody asks for a WebSocket.
   * @returns what the host is to do about it; null where no socket stands, so that the request is a call like any other
   */
  knock({ url, headers, signal }: Pick<Call, 'url' | 'headers' | 'signal'>): Promise<Opening> | null {
    const address = readAddress({ url, headers }, this.#options.systems)
    if ('problem' in address) return null
    const { system } = address
    const found = Object.entries(system.sockets).find(([, socket]) => withoutTrailingSlash(socket.path) === withoutTrailingSlash(address.path))
    return found === undefined ? null : this.#open({ name: found[0], socket: found[1], system, address, headers, signal })
  }

  /** @returns the open connections of a sandbox, the oldest first */
  list(sandbox: Sandbox): readonly Connection[] {
    return [...(this.#groups.get(sandbox)?.connections ?? [])].filter(({ parts }) => parts.wire.isOpen)
  }

  /** Says goodbye to everybody, and resolves when all are gone. */
  async close(): Promise<void> {
    this.#isClosing = true
    const all = [...this.#groups.values()].flatMap(({ connections }) => [...connections])
    await Promise.all(all.map((connection) => farewell(connection)))
  }

  async #open(found: Found): Promise<Opening> {
    const { system, name, address, headers, signal } = found
    const elapsed = stopwatch()
    const { sandbox, turn, shortage } = await this.#enter(address.sandbox)
    if (sandbox === null) return { kind: 'refused', reply: problemReply(507, 'no-room', shortage) }
    const operation = socketOperations(name).open
    const struck = await strike(turn, system, operation)
    if (struck.wait > 0) await pause(struck.wait, signal)
    const { handshake, cut, rules } = struck
    if (cut !== null || handshake !== null) {
      const parts = { system, url: urlBelow(address), headers, report: this.#options.report }
      recordFrames(parts, { operation, turn, elapsed, user: null, sent: NOTHING_SENT, faults: rules, status: handshake?.status ?? CUT })
      return handshake === null ? { kind: 'cut' } : { kind: 'refused', reply: handshake }
    }
    const maintenance = turn.state.systems[system.id]?.maintenance ?? null
    return {
      kind: 'granted',
      headers: maintenance === null ? {} : { [SERVER_STATUS_HEADER]: maintenance.status },
      begin: (link) => {
        this.#welcome(found, link, sandbox, turn.now)?.open(turn, rules)
      },
    }
  }

  /** @returns the sandbox with what the opening sees of it, or why there is none */
  async #enter(name: string): Promise<{ readonly sandbox: Sandbox; readonly turn: Turn; readonly shortage: null } | { readonly sandbox: null; readonly turn: null; readonly shortage: string }> {
    try {
      const sandbox = this.#options.sandboxes.open(name)
      return { sandbox, turn: await sandbox.begin(), shortage: null }
    } catch (error) {
      if (error instanceof NoRoom) return { sandbox: null, turn: null, shortage: error.message }
      throw error
    }
  }

  #welcome({ system, socket, name, address, headers }: Found, link: SocketLink, sandbox: Sandbox, openedAt: number): Connection | null {
    if (this.#isClosing || this.#options.sandboxes.peek(sandbox.name) !== sandbox) {
      link.close(closeCodes.goingAway, 'it ended while the connection was being opened')
      return null
    }
    const group = this.#group(sandbox)
    if (group.connections.size >= this.limits.perSandbox) {
      link.close(closeCodes.tryAgainLater, 'too many sockets in this sandbox')
      return null
    }
    const wire = new Wire(link, this.limits.backlog, this.#options.budget, {
      frame: paced(link, (data, isBinary) => connection.receive(data, isBinary)),
      closed: () => {
        if (group.leave(connection)) this.#groups.delete(sandbox)
      },
    })
    const connection: Connection = new Connection({
      id: `socket-${String(++this.#opened)}`,
      name,
      socket,
      system,
      sandbox,
      wire,
      url: urlBelow(address),
      headers,
      proof: readProof(headers, system, address),
      openedAt,
      onTake: (taker, mailbox) => {
        group.take(taker, mailbox)
      },
      report: this.#options.report,
    })
    group.connections.add(connection)
    return connection
  }

  #group(sandbox: Sandbox): Group {
    let group = this.#groups.get(sandbox)
    if (group === undefined) this.#groups.set(sandbox, (group = new Group(sandbox, this.#options.systems)))
    return group
  }
}

/** Hands frames on, and stops reading while too many wait for their answer. */
function paced(link: SocketLink, receive: (data: Uint8Array, isBinary: boolean) => Promise<void>): (data: Uint8Array, isBinary: boolean) => void {
  let pending = 0
  return (data, isBinary) => {
    if (++pending === MOST_PENDING) link.pause()
    void receive(data, isBinary).then(() => {
      if (--pending === MOST_PENDING / 2) link.resume()
    })
  }
}

async function farewell(connection: Connection): Promise<void> {
  const { wire } = connection.parts
  const gone = new AbortController()
  connection.close(closeCodes.goingAway, 'the server stops')
  await Promise.race([wire.gone, pause(GOODBYE, gone.signal)])
  gone.abort()
  wire.cut()
}

/** What the upgrade request shows. A token that is worth nothing does not keep another one from being tried. */
function readProof(headers: CallHeaders, { dialect: { credentials } }: System, { search }: Address): Proof {
  const query = parseQuery(search)
  const view: RequestView = { method: 'GET', headers, query: (name) => query.get(name), field: () => undefined, pathParameters: {}, hasBody: false }
  const credential = credentials?.read(view) ?? { tokens: [] }
  return { ...credential, mayBeDead: true }
}

function withoutTrailingSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}
