/** The open WebSockets of a stage: who they are, how many there may be, and what reaches them from elsewhere. */
import type { Budget } from '../budget.js'
import { pause, stopwatch } from '../clock.js'
import { REASON_HEADER, SOURCE_HEADER } from '../backends/headers.js'
import type { Backend } from '../backends/setting.js'
import type { Credential, RequestView } from '../dialect.js'
import { NoRoom } from '../engine/engine.js'
import { Unreachable } from '../engine/unreachable.js'
import type { JournalEntry } from '../journal.js'
import { type Address, readAddress, urlBelow } from '../pipeline/address.js'
import { SERVER_STATUS_HEADER } from '../pipeline/maintenance.js'
import { parseQuery } from '../pipeline/query.js'
import { problemReply } from '../problem.js'
import { asHeader, type Reply, type ReplyHeaders } from '../reply.js'
import { MOST_TURNS, type Sandbox } from '../sandbox.js'
import type { Sandboxes } from '../sandboxes.js'
import type { Call } from '../stage/call.js'
import { Superseded } from '../superseded.js'
import type { System } from '../system.js'
import type { Turn } from '../turn.js'
import { Connection } from './connection.js'
import { closedBy, type RefusedFrame, type Socket, type SocketCondition, socketOperations } from './definition.js'
import { NOTHING_WRONG, obstacle, refusalOf, strike, type StruckFrame } from './faults.js'
import { Group, type Held } from './group.js'
import { CUT, NOTHING_SENT, recordFrames, type RecordParts, speak } from './outgoing.js'
import { Reach, type Reached, type ReachParts } from './reach.js'
import { Relay } from './relay.js'
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

/** So many frames of one connection may wait for their answer; then no more are read. Nor are they once those that wait are as large as one frame may be. */
const MOST_PENDING = 64
/** Real milliseconds that clients have to say goodbye when the stage closes. */
const GOODBYE = 1000

interface Found {
  readonly name: string
  readonly socket: Socket
  readonly system: System
  readonly address: Address
  readonly call: Knock
  readonly view: RequestView
  /** What the upgrade request shows. */
  readonly proof: Credential
}

/** A request for a socket; its signal says that the client has gone, until the socket is open. */
type Knock = Pick<Call, 'url' | 'headers' | 'signal' | 'isEncrypted'>

/** What a host is to do about a request for a socket. */
export type Opening =
  /** Answer the handshake with this, and close the connection. */
  | { readonly kind: 'refused'; readonly reply: Reply }
  /** Close the connection without a word. */
  | { readonly kind: 'cut' }
  | Granted

/** Carry the handshake out with these headers, then hand the open socket over. */
export interface Granted {
  readonly kind: 'granted'
  readonly headers: ReplyHeaders
  /** What a real backend has chosen of the protocols that the client offers, or an empty text; null leaves it to the host. */
  readonly protocol: string | null
  begin(link: SocketLink): void
}

export interface SwitchboardOptions {
  readonly systems: ReadonlyMap<string, System>
  readonly sandboxes: Sandboxes
  readonly limits?: Partial<SocketLimits>
  /** What may wait for slow readers. */
  readonly budget: Budget
  /** How real backends are reached. */
  readonly reach: Omit<ReachParts, 'limit'>
  /** That of the stage before this one, where connections stay that were opened there. */
  readonly before?: Switchboard
  readonly report: (problem: string) => void
}

/** Where an opening has come to, and the rules that it has met. */
interface Met {
  readonly sandbox: Sandbox
  readonly turn: Turn
  readonly struck: StruckFrame
}

/** What an opening has found out. */
interface Entered {
  readonly found: Found
  readonly sandbox: Sandbox
  readonly turn: Turn
  readonly operation: string
  readonly elapsed: () => number
  /** Ids of the rules that acted. */
  readonly rules: readonly string[]
  /** Headers of the handshake. */
  readonly headers: ReplyHeaders
}

export class Switchboard {
  readonly #options: SwitchboardOptions
  readonly limits: SocketLimits
  readonly #groups = new Map<Sandbox, Group>()
  readonly #reach: Reach
  #before: Switchboard | null
  #opened: number
  #isClosing = false

  constructor(options: SwitchboardOptions) {
    this.#options = options
    this.limits = { ...defaultLimits, ...options.limits }
    this.#reach = new Reach({ ...options.reach, limit: this.limits.frame })
    this.#before = options.before ?? null
    this.#opened = options.before === undefined ? 0 : options.before.#opened
  }

  /**
   * Somebody asks for a WebSocket.
   * @returns what the host is to do about it; null where no socket stands, so that the request is a call like any other
   */
  knock(call: Knock): Promise<Opening> | null {
    const address = readAddress(call, this.#options.systems)
    if ('problem' in address) return null
    const { system } = address
    const found = Object.entries(system.sockets).find(([, socket]) => withoutTrailingSlash(socket.path) === withoutTrailingSlash(address.path))
    if (found === undefined) return null
    const view = viewOf(call, address)
    return this.#open({ name: found[0], socket: found[1], system, address, call, view, proof: system.dialect.credentials?.read(view) ?? { sent: false, tokens: [] } })
  }

  /** @returns the open connections of a sandbox, the oldest first; those of stages before this one, too */
  list({ name }: Pick<Sandbox, 'name'>): readonly Held[] {
    // Where all have been told to go, nobody is connected any more, or will be.
    while (this.#before !== null && this.#before.#isClosing) this.#before = this.#before.#before
    const own = [...this.#groups].flatMap(([sandbox, { connections }]) => (sandbox.name === name ? [...connections] : []))
    return [...(this.#before?.list({ name }) ?? []), ...own.filter(({ parts }) => parts.wire.isOpen)]
  }

  /** Says goodbye to everybody, and resolves when all are gone. */
  async close(): Promise<void> {
    this.#isClosing = true
    const all = [...this.#groups.values()].flatMap(({ connections }) => [...connections])
    await Promise.all(all.map((connection) => farewell(connection)))
  }

  async #open(found: Found): Promise<Opening> {
    const { system, name, call } = found
    const elapsed = stopwatch()
    const operation = socketOperations(name).open
    const met = await this.#enter(found, operation)
    if ('status' in met) return { kind: 'refused', reply: met }
    const { sandbox, turn, struck } = met
    if (struck.wait > 0) await turn.pause(struck.wait, call.signal)
    const { handshake, cut, rules } = struck
    if (cut !== null || handshake !== null) {
      recordFrames(this.#recordParts(found), { operation, turn, elapsed, user: null, sent: NOTHING_SENT, faults: rules, status: handshake?.status ?? CUT })
      return handshake === null ? { kind: 'cut' } : { kind: 'refused', reply: handshake }
    }
    const maintenance = turn.state.systems[system.id]?.maintenance ?? null
    const headers = maintenance === null ? {} : { [SERVER_STATUS_HEADER]: maintenance.status }
    const entered: Entered = { found, sandbox, turn, operation, elapsed, rules, headers }
    const backend = this.#reach.backendOf(system, turn)
    return backend === null ? this.#grant(entered, undefined) : this.#bridge(entered, backend)
  }

  /** A real backend stands beside the stub: who answers is for its modes to say, once nothing else is in the way. */
  async #bridge(entered: Entered, backend: Backend): Promise<Opening> {
    const { found, turn, operation, elapsed, rules } = entered
    const { system, name, socket, address, call, proof } = found
    const inTheWay = obstacle(turn, system, operation, socket, socket.memory, NOTHING_WRONG)
    if (inTheWay !== null) return this.#turnAway(entered, inTheWay, 'out of service', null)
    const reached = await this.#reach.open({ ...call, address, name, operation, shown: proof.tokens }, turn, backend)
    switch (reached.kind) {
      case 'stub':
        return this.#grant(entered, { source: 'stub', reason: reached.reason === null ? null : `${reached.reason}: ${reached.detail}` })
      case 'nobody':
        return this.#turnAway(entered, reached.reason === 'stubToken' ? 'unauthenticated' : 'networkError', reached.reason, reached.detail)
      case 'refused': {
        const { reply } = reached
        recordFrames(this.#recordParts(found, FROM_REAL), { operation, turn, elapsed, user: null, sent: NOTHING_SENT, faults: rules, status: reply.status })
        return { kind: 'refused', reply: { ...reply, headers: { ...reply.headers, [SOURCE_HEADER]: 'real' } } }
      }
      case 'open':
        return this.#relay(entered, reached)
    }
  }

  /** The stub answers. */
  #grant({ found, sandbox, turn, rules, headers }: Entered, via: JournalEntry['via']): Opening {
    return {
      kind: 'granted',
      headers: { ...headers, ...sourceHeaders(via) },
      protocol: null,
      begin: (link) => {
        this.#welcome(sandbox, link, (group, id) => {
          const wire = new Wire(link, this.limits.backlog, this.#options.budget, {
            frame: paced(link, this.limits.frame, (data, isBinary) => connection.receive(data, isBinary)),
            closed: () => {
              this.#leave(sandbox, group, connection)
            },
          })
          const connection: Connection = new Connection({
            ...this.#recordParts(found, via),
            id,
            name: found.name,
            socket: found.socket,
            sandbox,
            wire,
            // A token that is worth nothing does not keep another one from being tried.
            proof: { ...found.proof, mayBeDead: true },
            openedAt: turn.now,
            pace: this.#options.sandboxes.pace,
            onTake: (taker, mailbox) => {
              group.take(taker, mailbox)
            },
          })
          group.connections.add(connection)
          connection.open(turn, rules)
        })
      },
    }
  }

  /** The real backend should answer and does not: the client is told in the dialect, and may come again. */
  #turnAway({ found, turn, operation, elapsed, rules, headers }: Entered, condition: RefusedFrame | SocketCondition, reason: string, detail: string | null): Opening {
    const { socket } = found
    const via = { source: 'stub', reason: detail === null ? null : `${reason}: ${detail}` } as const
    return {
      kind: 'granted',
      headers: { ...headers, ...sourceHeaders(via) },
      protocol: null,
      begin: (link) => {
        const { frame, error, condition: told } = refusalOf(socket, condition, socket.memory)
        const wire = new Wire(link, this.limits.backlog, this.#options.budget, { frame: () => undefined, closed: () => undefined })
        const parts = { ...this.#recordParts(found, via), socket, wire }
        recordFrames(parts, { operation, turn, elapsed, user: null, sent: speak(parts, [frame]), error, faults: rules })
        wire.close((told === null ? null : closedBy[told]) ?? closeCodes.tryAgainLater, reason)
      },
    }
  }

  /** The real backend answers. */
  #relay({ found, sandbox, turn, operation, elapsed, rules, headers }: Entered, { link: far, protocol, headers: said, caller, backend }: Extract<Reached, { kind: 'open' }>): Opening {
    const { signal } = found.call
    const giveUp = () => {
      far.cut()
    }
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp)
    return {
      kind: 'granted',
      headers: { ...said, ...headers, ...sourceHeaders(FROM_REAL) },
      protocol,
      begin: (link) => {
        signal.removeEventListener('abort', giveUp)
        const isWelcome = this.#welcome(sandbox, link, (group, id) => {
          const { backlog } = this.limits
          const wire = new Wire(link, backlog, this.#options.budget, {
            frame: paced(link, this.limits.frame, (data, isBinary) => relay.fromClient(data, isBinary)),
            closed: (code, reason) => {
              this.#leave(sandbox, group, relay)
              relay.clientGone(code, reason)
            },
          })
          const farWire = new Wire(far, backlog, this.#options.budget, {
            frame: paced(far, this.limits.frame, (data, isBinary) => relay.fromBackend(data, isBinary)),
            closed: (code, reason) => {
              relay.backendGone(code, reason)
            },
          })
          const relay: Relay = new Relay({ ...this.#recordParts(found, FROM_REAL), id, name: found.name, socket: found.socket, sandbox, wire, far: farWire, view: found.view, caller, backend, reach: this.#reach, openedAt: turn.now, pace: this.#options.sandboxes.pace })
          group.connections.add(relay)
          recordFrames(relay.parts, { operation, turn, elapsed, user: relay.user, sent: NOTHING_SENT, faults: rules })
          far.resume()
        })
        if (!isWelcome) giveUp()
      },
    }
  }

  #recordParts({ system, address, call }: Found, via?: JournalEntry['via']): RecordParts {
    return { system, url: urlBelow(address), headers: call.headers, report: this.#options.report, ...(via === undefined ? {} : { via }) }
  }

  /** @returns the sandbox with what the opening sees of it, or why there is none */
  async #enter({ address, system }: Found, operation: string): Promise<Met | Reply> {
    for (let turns = 1; ; turns++) {
      try {
        const sandbox = this.#options.sandboxes.open(address.sandbox)
        const turn = await sandbox.begin()
        return { sandbox, turn, struck: await strike(turn, system, operation) }
      } catch (error) {
        if (error instanceof Superseded && turns < MOST_TURNS) continue
        if (error instanceof NoRoom) return problemReply(507, 'no-room', error.message)
        if (error instanceof Unreachable) return problemReply(503, 'sandboxes-unreachable', `The sandbox cannot be reached at the moment: ${error.message}. Try again.`)
        throw error
      }
    }
  }

  /** Takes an open socket in where there is room. @returns whether there is */
  #welcome(sandbox: Sandbox, link: SocketLink, take: (group: Group, id: string) => void): boolean {
    if (this.#isClosing || this.#options.sandboxes.peek(sandbox.name) !== sandbox) {
      link.close(closeCodes.goingAway, 'it ended while the connection was being opened')
      return false
    }
    const group = this.#group(sandbox)
    if (group.connections.size >= this.limits.perSandbox) {
      link.close(closeCodes.tryAgainLater, 'too many sockets in this sandbox')
      return false
    }
    take(group, `socket-${String(++this.#opened)}`)
    return true
  }

  #leave(sandbox: Sandbox, group: Group, held: Held): void {
    if (group.leave(held)) this.#groups.delete(sandbox)
  }

  #group(sandbox: Sandbox): Group {
    let group = this.#groups.get(sandbox)
    if (group === undefined) this.#groups.set(sandbox, (group = new Group(sandbox, this.#options.systems)))
    return group
  }
}

/** Hands frames on, and stops reading while too many wait for their answer, or too much of them. @param most bytes */
function paced(link: SocketLink, most: number, receive: (data: Uint8Array, isBinary: boolean) => Promise<void>): (data: Uint8Array, isBinary: boolean) => void {
  const pending = { frames: 0, bytes: 0 }
  let isPaused = false
  return (data, isBinary) => {
    pending.frames++
    pending.bytes += data.length
    if (!isPaused && (pending.frames >= MOST_PENDING || pending.bytes >= most)) {
      isPaused = true
      link.pause()
    }
    void receive(data, isBinary).then(() => {
      pending.frames--
      pending.bytes -= data.length
      if (!isPaused || pending.frames > MOST_PENDING / 2 || pending.bytes > most / 2) return
      isPaused = false
      link.resume()
    })
  }
}

async function farewell(connection: Held): Promise<void> {
  const gone = new AbortController()
  connection.close(closeCodes.goingAway, 'the server stops')
  await Promise.race([connection.gone, pause(GOODBYE, gone.signal)])
  gone.abort()
  connection.cut()
}

/** What the upgrade request shows to its dialect. */
function viewOf({ headers }: Knock, { search }: Address): RequestView {
  const query = parseQuery(search)
  return { method: 'GET', headers, query: (name) => query.get(name), field: () => undefined, pathParameters: {}, hasBody: false }
}

const FROM_REAL = { source: 'real', reason: null } as const

function sourceHeaders(via: JournalEntry['via']): Readonly<Record<string, string>> {
  if (via === undefined) return {}
  return { [SOURCE_HEADER]: via.source, ...(via.reason === null ? {} : { [REASON_HEADER]: asHeader(via.reason) }) }
}

function withoutTrailingSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}
