/** Sockets of a made-up system on WebSockets that are made up as well: a test says what comes in, and all that goes out is written down, with the journal. */
import type { Engine, SandboxLog } from '../../src/core/engine/engine.js'
import { memoryEngine } from '../../src/core/engine/memory/engine.js'
import { Budget } from '../../src/core/budget.js'
import type { Backend } from '../../src/core/backends/setting.js'
import { ForwardError, type IncomingSocket } from '../../src/core/backends/forward.js'
import { IssuedTokens } from '../../src/core/backends/issued.js'
import { RealLogins } from '../../src/core/backends/login.js'
import { DriftDocuments } from '../../src/core/drift/documents.js'
import { DriftBook } from '../../src/core/drift/ledger.js'
import type { Fault } from '../../src/core/faults/kinds.js'
import type { ControlState, Sandbox } from '../../src/core/sandbox.js'
import type { Sandboxes } from '../../src/core/sandboxes.js'
import { type SessionRecord, Sessions } from '../../src/core/sessions.js'
import { others } from '../../src/core/slices.js'
import type { DeliveryWork, FrameWork, Socket, SocketCondition } from '../../src/core/sockets/definition.js'
import { type Opening, Switchboard, type SwitchboardOptions } from '../../src/core/sockets/switchboard.js'
import type { LinkListener, SocketLink } from '../../src/core/sockets/wire.js'
import type { SystemSwitches } from '../../src/core/sandbox-state.js'
import type { Doc, Transaction } from '../../src/core/store/types.js'
import type { System } from '../../src/core/system.js'
import type { Im } from '../../src/generated/im/contract.js'
import { im } from '../../src/systems/im/index.js'
import { isObject } from '../../src/plain/json.js'
import { sandboxesOn } from './sandboxes.js'
import { shown, type WrittenDown } from './written-down.js'

/** A WebSocket whose other side is the test. */
export class Link implements SocketLink {
  isOpen = true
  waiting = 0
  /** Whether frames go out only when they are taken. */
  isSlow = false
  readonly name: string
  readonly #told: string[]
  #listener: LinkListener | null = null
  #dones: (() => void)[] = []

  constructor(name: string, told: string[]) {
    this.name = name
    this.#told = told
  }

  send(data: string | Uint8Array, done: () => void): void {
    this.#told.push(`${this.name} hears ${shown(data)}`)
    if (this.isSlow) this.#dones.push(done)
    else done()
  }

  close(code: number | null, reason: string): void {
    this.isOpen = false
    this.#told.push(`${this.name} is closed, ${String(code)} ${reason}`)
  }

  cut(): void {
    this.isOpen = false
    this.#told.push(`${this.name} is cut`)
  }

  pause(): void {
    this.#told.push(`${this.name} is paused`)
  }

  resume(): void {
    this.#told.push(`${this.name} is resumed`)
  }

  listen(listener: LinkListener): void {
    this.#listener = listener
  }

  /** A frame comes in. */
  says(data: string | Uint8Array | object): void {
    const isBinary = data instanceof Uint8Array
    const text = typeof data === 'string' ? data : JSON.stringify(data)
    this.#listener?.frame(isBinary ? data : Buffer.from(text), isBinary)
  }

  /** The other side is gone. */
  goes(code = 1005, reason = ''): void {
    this.isOpen = false
    this.#listener?.closed(code, reason)
  }

  /** All that waits goes out. */
  takes(): void {
    this.waiting = 0
    for (const done of this.#dones.splice(0)) done()
  }
}

type Memory = Readonly<Record<string, unknown>>
interface Position {
  readonly upTo: number
}
/** What a client of the made-up socket may ask for. */
interface Wish extends Memory {
  readonly do: string
  readonly box: string
  readonly frames: readonly object[]
}

/** What a client of the made-up socket wishes. */
export const see = { do: 'see' }
export const say = (...frames: readonly object[]) => ({ do: 'say', frames })
export const put = (box: string, ...frames: readonly unknown[]) => ({ do: 'put', box, frames })
export const take = (box: string) => ({ do: 'take', box })

/** Answers wishes; some wait while the test keeps its gate shut. */
export class Demo {
  #isShut = false
  readonly #waiting: (() => void)[] = []
  /** So many records a delivery has at the most. */
  readonly #most = 2

  shut(): void {
    this.#isShut = true
  }

  /** Lets all go on who wait. */
  open(): void {
    this.#isShut = false
    for (const goOn of this.#waiting.splice(0)) goOn()
  }

  async #gate(): Promise<void> {
    if (this.#isShut) await new Promise<void>((goOn) => this.#waiting.push(goOn))
  }

  get socket(): Socket {
    return {
      path: '/push/',
      schema: 'Demo',
      clientSchema: 'Wish',
      memory: { at: 'start' },
      receive: (work: FrameWork<Im, Memory, Position>, frame: unknown) => this.#receive(work, frame),
      deliver: (work: DeliveryWork<Im, Memory, Position>) => this.#deliver(work),
      mailboxOf: ({ collection, before, after }) => (collection === 'messages' && before === null ? String(after?.['box']) : null),
      conditions: { unauthenticated: refusal('unauthenticated'), banned: refusal('banned'), displaced: refusal('displaced'), internal: refusal('internal'), networkError: refusal('networkError'), maintenance: refusal('maintenance') },
      errors: { NULL_USER: (memory: Memory) => ({ nobody: memory }), ERROR_REPEAT_LOGIN: () => 'displaced', ERROR_NET: () => 'networkError', ERROR_PASSWORD: () => 'internal' },
      console: { example: {}, put: () => Promise.resolve(null) },
    }
  }

  async #receive({ memory, position, session, user, tx, now, ids, settings }: FrameWork<Im, Memory, Position>, frame: unknown) {
    if (!isObject(frame)) return { frames: [{ odd: frame === undefined ? 'undefined' : frame }], error: 'ODD' }
    const { do: what, box, frames } = frame as unknown as Wish // the test writes them
    const records = tx as unknown as Transaction<Record<string, Doc>>
    switch (what) {
      case 'see':
        return { frames: [{ memory, position, user: user.id, session: session.userId, now, id: ids.hex(6), settings }] }
      case 'say':
        return { frames }
      case 'refuse':
        return { frames, error: 'REFUSED' }
      case 'remember':
        return { frames: [], memory: { at: box } }
      case 'take':
        return { frames: [{ took: box }], memory: { box }, mailbox: box }
      case 'wait':
        await this.#gate()
        return { frames: [{ waited: box }] }
      case 'put':
        for (const text of frames) {
          const seq = await tx.next('messages', 1)
          await records.insert('messages', { id: seq, box, text })
        }
        return { frames: [{ put: frames.length }] }
      default:
        throw new Error(`nobody can ${what}`)
    }
  }

  async #deliver({ memory, position, tx, now, session, user, settings }: DeliveryWork<Im, Memory, Position>) {
    const records = tx as unknown as Transaction<Record<string, Doc>>
    const upTo = position?.upTo ?? 0
    const all = (await records.list('messages', ({ id, box }) => box === memory['box'] && Number(id) > upTo)).toSorted((a, b) => Number(a['id']) - Number(b['id']))
    const part = all.slice(0, this.#most)
    if (part.some(({ text }) => text === 'wait')) await this.#gate()
    if (part.some(({ text }) => text === 'bad')) throw new Error('it cannot be delivered')
    for (const { id, text } of part) if (text === 'mark') await records.update('messages', Number(id), { text: 'marked' })
    const frames = part.map(({ id, text }) => (text === 'see' ? { id, now, position, memory, session: session.userId, user: user.id, settings } : { id, text }))
    return { frames, position: { upTo: Number(part.at(-1)?.['id'] ?? upTo) }, more: all.length > part.length }
  }
}

const refusal = (condition: SocketCondition) => (memory: Memory) => ({ frame: { no: condition, memory }, error: condition.toUpperCase() })
const good = (name: string) => Object.assign((data: unknown): data is unknown => !isObject(data) || data['wrong'] === undefined, { errors: [{ instancePath: '', schemaPath: '', keyword: 'not', params: { of: name }, message: 'is wrong' }, { instancePath: '/a', schemaPath: '', keyword: 'if', params: {} }] })
const ban = { field: 'isBanned', banned: true, free: false }
const { state: { users = { key: 'id' }, sessions = { key: 'id' } } } = im

/** @returns a system with the accounts of im, users who may be banned, and two sockets; the second lacks much that the first has */
export function demoSystem(demo: Demo): System {
  const { banned: _, ...conditions } = demo.socket.conditions
  return {
    ...im,
    state: { users, sessions, messages: { key: 'id' } },
    users: { ...im.users, ban },
    validators: { ...im.validators, schemas: { Demo: good('Demo'), Wish: good('Wish'), Bare: (data: unknown): data is unknown => data === 'bare' } },
    sockets: { imDemo: demo.socket, imBare: { ...demo.socket, path: '/bare', schema: 'Nothing', clientSchema: 'Bare', conditions, errors: {}, mailboxOf: () => null } },
  }
}

/** Ways in which an engine in memory is another one here. */
export type Ways = Partial<{ [K in 'begin' | 'look' | 'commit' | 'announce']: (log: SandboxLog, ...given: readonly never[]) => ReturnType<SandboxLog[K]> | null }>

/** @returns an engine that does some things in ways of its own, where they return something; the ways may be changed as time goes on */
export function inWays(engine: Engine, ways: Ways): Engine {
  const bound = (of: object, name: string | symbol): unknown => {
    const value: unknown = Reflect.get(of, name)
    return typeof value === 'function' ? (...given: readonly unknown[]): unknown => Reflect.apply(value, of, given) : value
  }
  return new Proxy(engine, {
    get: (_engine, name) => (name !== 'open' ? bound(engine, name) : (...given: Parameters<Engine['open']>) => {
      const log = engine.open(...given)
      return new Proxy(log, {
        get: (_log, call) => (call === 'begin' || call === 'look' || call === 'commit' || call === 'announce' ? (...more: readonly never[]): unknown => ways[call]?.(log, ...more) ?? Reflect.apply(log[call], log, more) : bound(log, call)),
      })
    }),
  })
}

interface BoardOptions {
  /** What is another way with the system. */
  readonly system?: Partial<System>
  readonly engine?: Engine
  readonly backend?: Backend
  readonly more?: Partial<Omit<SwitchboardOptions, 'reach'>>
}

/** A switchboard over sandboxes of the made-up system, and all that it does, written down. */
export class Board {
  readonly told: WrittenDown
  readonly events: string[] = []
  readonly demo = new Demo()
  readonly system: System
  readonly issued = new IssuedTokens()
  readonly drift = new DriftBook()
  /** What a real backend answers to handshakes. */
  answer: (outgoing: object) => IncomingSocket = () => { throw new ForwardError('refused', 'nobody is there') }
  /** There are none. */
  readonly #documents = new DriftDocuments('/none')
  readonly #time: { now: number }
  readonly sandboxes: Sandboxes
  readonly #options: Omit<SwitchboardOptions, 'before'>
  switchboard: Switchboard
  readonly #seen = new Map<string, number>()
  /** What many entries share, by how it is shown. */
  readonly #kinds = new Map<string, number>()

  private constructor(told: WrittenDown, sandboxes: Sandboxes, time: { now: number }, { system, backend, more }: BoardOptions) {
    this.system = { ...demoSystem(this.demo), ...system }
    this.told = told
    this.#time = time
    this.sandboxes = sandboxes
    const systems = new Map([['im', this.system]])
    this.#options = {
      systems,
      sandboxes,
      budget: new Budget(),
      report: (problem) => this.events.push(`report: ${problem.split('\n')[0] ?? ''}`),
      reach: {
        self: 'me', hidden: [], issued: this.issued, pace: sandboxes.pace, drift: this.drift, documents: this.#documents,
        logins: new RealLogins({ forward: () => Promise.reject(new ForwardError('refused', 'nobody is there')) }),
        backends: new Map(backend === undefined ? [] : [['im', backend]]),
        forwarder: { connect: async ({ signal: _, ...outgoing }) => this.answer(outgoing) },
      },
      ...more,
    }
    this.switchboard = new Switchboard(this.#options)
  }

  static async of(told: WrittenDown, options: BoardOptions = {}): Promise<Board> {
    const { engine = memoryEngine() } = options
    const time = { now: 1000 }
    const records = { users: ['u-1', 'u-2', 'u-3'].map((id) => ({ id, phone: id, username: id, isBanned: false })), messages: [], sessions: [] }
    const { state } = demoSystem(new Demo())
    const sandboxes = await sandboxesOn(engine, { systems: { im: { state, records } }, time: { now: () => time.now }, report: () => undefined })
    const board = new Board(told, sandboxes, time, options)
    // Not while frames come: how long the disk takes is not written down.
    await board.#documents.of('im')
    return board
  }

  /** Another stage takes over, and has this one's connections behind it. */
  goOn(): void {
    this.switchboard = new Switchboard({ ...this.#options, before: this.switchboard })
  }

  sandbox(name = 'one'): Sandbox {
    return this.sandboxes.open(name)
  }

  pass(milliseconds: number): void {
    this.#time.now += milliseconds
  }

  /** Works with the sessions and records of a sandbox, as a call does. */
  async within<T>(work: (sessions: Sessions, tx: Transaction<Record<string, Doc> & { sessions: SessionRecord }>) => Promise<T>, name = 'one'): Promise<T> {
    const { system } = this
    return this.sandbox(name).during(async (turn) => (await turn.transact('im', (tx) => work(new Sessions(system.sessions, tx as never, turn.tokens('im'), turn.now), tx as never))).value, true)
  }

  async logIn(userId: string, more: Partial<Parameters<Sessions['issue']>[0]> = {}, name = 'one'): Promise<SessionRecord> {
    return this.within((sessions) => sessions.issue({ userId, ...more }), name)
  }

  /** Sets switches of the system in a sandbox. */
  async set(switches: Partial<SystemSwitches>, name = 'one'): Promise<void> {
    await this.change(({ systems: { im: before, ...others }, ...state }) => ({ ...state, systems: { ...others, im: { smsSource: 'fixed', settings: {}, outages: [], maintenance: null, ...before, ...switches } } }), name)
  }

  async change(change: (state: ControlState) => ControlState, name = 'one'): Promise<void> {
    await this.sandbox(name).control.change(change)
  }

  /** From now on these faults strike, and no other. */
  async arm(operationId: string, faults: readonly Fault[], times: number | null = 1): Promise<void> {
    await this.change((state) => ({ ...state, faults: faults.map((fault, i) => ({ id: `f${String(i)}`, system: 'im', operationId, fault, times, probability: 1, matched: 0, fired: 0 })) }))
  }

  /** A socket whose events are written down with all others. */
  link(name: string): Link {
    return new Link(name, this.events)
  }

  /** Somebody asks for a socket. */
  async knock(token: string | null, path = '/push/', { sandbox = 'one', signal = new AbortController().signal, headers = {} }: { readonly sandbox?: string; readonly signal?: AbortSignal; readonly headers?: Readonly<Record<string, string>> } = {}): Promise<Opening | null> {
    return this.switchboard.knock({ url: `/@${sandbox}/im${path}`, headers: { ...(token === null ? {} : { cookie: `sessionid=${token}` }), ...headers }, signal, isEncrypted: false })
  }

  /** Somebody asks for a socket, and it is written down what came of it. @returns the open socket */
  async open(name: string, ...given: Parameters<Board['knock']>): Promise<Link> {
    const link = this.link(name)
    await this.told.try(`${name} asks for ${given[1] ?? '/push/'}`, async () => {
      const opening = await this.knock(...given)
      if (opening?.kind === 'granted') opening.begin(link)
      return opening === null ? null : Object.values(opening).filter((one) => typeof one !== 'function')
    })
    await this.see(given[2]?.sandbox)
    return link
  }

  /** A frame comes in, and it is written down what came of it. */
  async say(link: Link, ...frames: readonly (string | Uint8Array | object)[]): Promise<void> {
    for (const frame of frames) {
      this.told.note(`${link.name} says`, frame instanceof Uint8Array || typeof frame === 'string' ? frame : JSON.stringify(frame))
      link.says(frame)
      await this.see()
    }
  }

  /** Something happens, and it is written down what came of it. */
  async that(what: string, work: () => unknown, name?: string): Promise<void> {
    await this.told.try(what, work)
    await this.see(name)
  }

  /** How many events were written down when that was last done. */
  heard = 0

  /** Writes down what has happened since this was last asked, once nothing more happens. */
  async see(name = 'one'): Promise<void> {
    for (let quiet = 0, last = -1; quiet < QUIET; quiet++) {
      await others()
      if (this.events.length !== last) quiet = 0
      last = this.events.length
    }
    this.heard = this.events.length
    this.#note(this.events.splice(0).map((event) => ['', event]))
    if (this.sandboxes.peek(name) === undefined) return
    const entries: [string, unknown][] = []
    const from = this.#seen.get(name) ?? 0
    for (const entry of await this.sandbox(name).journal.read()) {
      if (entry.id <= from) continue
      this.#seen.set(name, entry.id)
      const { id, at, duration, operation, status, user, error, faults, violations, changes, version, requests, requestBody, responseBody, via, ...parts } = entry
      const kind = shown(parts)
      if (!this.#kinds.has(kind)) {
        this.#kinds.set(kind, this.#kinds.size + 1)
        entries.push([`journal, kind ${String(this.#kinds.size)}`, parts])
      }
      const body = (kept: typeof requestBody) => (kept === null ? '-' : `${kept.encoding === 'utf8' ? '' : `${kept.encoding} `}${String(kept.size)} ${kept.content}`)
      entries.push([`journal ${String(id)}`, [this.#kinds.get(kind), operation, status, user, error, at, duration >= 0, version, requests, faults.join(), violations, changes.map(({ collection, key }) => `${collection}/${String(key)}`).join(), via, body(requestBody), body(responseBody)]])
    }
    this.#note(entries)
  }

  /** Of very many the beginning, and a hash of all. */
  #note(lines: readonly (readonly [string, unknown])[]): void {
    if (lines.length > MANY) this.told.note(`  ${String(lines.length)} of them`, lines)
    else for (const [what, value] of lines) this.told.note(`  ${what}`, value)
  }
}

/** So many turns of Node's loop nothing may happen before nothing more does. */
const QUIET = 12
/** More lines at once are not written down each by itself. */
const MANY = 15
