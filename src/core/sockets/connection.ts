/** One open WebSocket: its frames one after the other, its deliveries beside them, all of it in the sandbox's journal. */
import { parseForeignJson } from '../../plain/json.js'
import { stopwatch } from '../clock.js'
import { NoRoom } from '../engine/engine.js'
import { describeException } from '../failure.js'
import type { Turn } from '../turn.js'
import { type Caller, type Proof, userIdOf } from '../identify.js'
import type { Sandbox } from '../sandbox.js'
import type { Pace } from '../slices.js'
import type { Change } from '../store/types.js'
import { Superseded } from '../superseded.js'
import { closedBy, type RefusedFrame, type SocketAnswer, type SocketCondition, type SocketOperations, socketOperations } from './definition.js'
import { inMaintenance, NOTHING_WRONG, obstacle, refusalOf, strike, type StruckFrame } from './faults.js'
import { CUT_OFF, type Happening, NOTHING_SENT, type OutgoingParts, recordFrames, speak } from './outgoing.js'
import { transact, type Transacted } from './transact.js'
import { closeCodes } from './wire.js'

/** What a connection is made of. */
export interface ConnectionParts extends OutgoingParts {
  readonly id: string
  readonly sandbox: Sandbox
  /** The system's name for the socket. */
  readonly name: string
  /** What the upgrade request showed. */
  readonly proof: Proof
  readonly openedAt: number
  /** Of all who work in the same server: thousands of short frames come in one piece. */
  readonly pace: Pace
  /** Told when the connection takes a mailbox, before anything is sent to it for that. */
  readonly onTake: (connection: Connection, mailbox: string) => void
}

/** The work of a transaction that only looks who calls. */
const onlyLook = () => Promise.resolve(null)

export class Connection {
  readonly parts: ConnectionParts
  /** The user's key as text; null until the session has been found. */
  user: string | null = null
  /** The mailbox that this connection has; null while it has none. */
  mailbox: string | null = null
  readonly #operations: SocketOperations
  #proof: Proof
  #memory: unknown
  #position: unknown = null
  /** Counts how often a mailbox was taken; a delivery that was begun before is not sent any more. */
  #taken = 0
  #ended = false
  /** Resolves when the frames that have come so far are answered. */
  #work: Promise<void> = Promise.resolve()
  #delivering: 'no' | 'yes' | 'andAgain' = 'no'

  constructor(parts: ConnectionParts) {
    this.parts = parts
    this.#operations = socketOperations(parts.name)
    this.#proof = parts.proof
    this.#memory = parts.socket.memory
  }

  /** The key of its session; null until that has been found. */
  get session(): string | null {
    return 'sessionId' in this.#proof ? this.#proof.sessionId : null
  }

  /**
   * Looks for the session; without an active one, says so and closes.
   * @param faults ids of the rules that acted on the opening
   */
  open(turn: Turn, faults: readonly string[]): void {
    const elapsed = stopwatch()
    void this.#enqueue(async () => {
      const { caller } = await this.#transact(turn, onlyLook)
      this.user = userIdOf(caller)
      this.#record(turn, { operation: this.#operations.open, elapsed, sent: NOTHING_SENT, faults })
      if (caller.kind === 'known') this.#proof = { sessionId: caller.session.id }
      else this.#end(turnedAwayAs(caller))
    })
  }

  /** Answers a frame, after those that came before it. */
  receive(data: Uint8Array, isBinary: boolean): Promise<void> {
    return this.#enqueue(() => this.#answer(data, isBinary))
  }

  /** Delivers what waits in the mailbox, now or, when that is going on already, once more. */
  deliver(): void {
    if (this.#delivering === 'no') this.#detach(this.#deliverAll())
    else this.#delivering = 'andAgain'
  }

  /** Looks whether the caller is still welcome, and ends the connection if not. */
  recheck(): void {
    this.#detach(this.#recheck())
  }

  /** Another connection has taken the mailbox. */
  displace(): void {
    this.#end('displaced')
  }

  /** Closes the connection without a frame that says why. */
  close(code: number, reason: string): void {
    this.forget()
    this.parts.wire.close(code, reason)
  }

  /** Ends the connection at once, without a word. */
  cut(): void {
    this.parts.wire.cut()
  }

  /** Resolves when the connection is gone. */
  get gone(): Promise<void> {
    return this.parts.wire.gone
  }

  /** The connection is closing or gone: nothing that still comes from it is looked at. */
  forget(): void {
    this.#ended = true
    this.mailbox = null
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const before = this.#work
    this.#work = this.#after(before, work)
    return this.#work
  }

  async #after(before: Promise<void>, work: () => Promise<void>): Promise<void> {
    const { wire, sandbox, pace } = this.parts
    await before
    await pace.pass()
    if (this.#ended || !wire.isOpen) return
    sandbox.enter()
    try {
      await work()
    } catch (error) {
      this.#fail(error)
    } finally {
      sandbox.leave()
    }
  }

  async #answer(data: Uint8Array, isBinary: boolean): Promise<void> {
    const { sandbox, system, wire } = this.parts
    const elapsed = stopwatch()
    const turn = await sandbox.begin()
    const struck = turn.state.faults.length === 0 || inMaintenance(turn.state, system) ? NOTHING_WRONG : await strike(turn, system, this.#operations.frame)
    const seen = { operation: this.#operations.frame, elapsed, request: data, faults: struck.rules }
    if (struck.wait > 0) await turn.pause(struck.wait)
    if (struck.cut === 'before') {
      this.#record(turn, { ...seen, sent: CUT_OFF })
      wire.cut()
      return
    }
    const { frames, error = null, memory = this.#memory, mailbox = null, changes, reason } = await this.#carryOut(turn, struck, isBinary ? undefined : parse(data))
    this.#memory = memory
    if (mailbox !== null) this.#take(mailbox)
    const cut = struck.cut === 'after'
    const sent = cut ? CUT_OFF : speak(this.parts, frames, struck)
    this.#record(turn, { ...seen, sent, error, changes })
    const code = reason === null ? null : closedBy[reason]
    if (cut) wire.cut()
    else if (reason !== null && code !== null) this.close(code, reason)
    else if (mailbox !== null) this.deliver()
  }

  /** What comes out of a frame, if nothing is in its way. */
  async #carryOut(turn: Turn, struck: StruckFrame, frame: unknown): Promise<Reaction> {
    const { socket, system } = this.parts
    const inTheWay = obstacle(turn, system, this.#operations.frame, socket, this.#memory, struck)
    if (inTheWay !== null) return this.#refuse(inTheWay)
    try {
      const { caller, result, changes } = await this.#transact(turn, (work) => socket.receive(work, frame))
      return result === null ? this.#refuse(turnedAwayAs(caller)) : { ...result, changes, reason: null }
    } catch (thrown) {
      if (turn.isOver) throw thrown
      if (!(thrown instanceof NoRoom)) this.#report(thrown)
      return this.#refuse('internal')
    }
  }

  async #deliverAll(): Promise<void> {
    try {
      do {
        this.#delivering = 'yes'
        while (await this.#deliverSome()) await this.parts.wire.drained()
      } while (this.#isAskedAgain())
    } finally {
      this.#delivering = 'no'
    }
  }

  /** A call of `deliver` may have come in the meantime, which the compiler cannot see. */
  #isAskedAgain(): boolean {
    return this.#delivering === 'andAgain'
  }

  /** @returns whether there is more */
  async #deliverSome(): Promise<boolean> {
    const { sandbox, socket, wire } = this.parts
    if (!wire.isOpen) return false
    const turn = await sandbox.look()
    const taken = this.#taken
    // Asked inside the transaction: it may have to run again after the mailbox has gone to another connection.
    const { caller, result, changes } = await this.#transact(turn, (work) => (this.mailbox === null ? Promise.resolve(null) : socket.deliver(work)))
    if (caller.kind !== 'known') this.#end(turnedAwayAs(caller))
    if (result === null) return false
    if (taken !== this.#taken) return true
    this.#position = result.position
    for (const [i, frame] of result.frames.entries()) await this.#deliverFrame(turn, frame, i === 0 ? changes : [])
    return result.more
  }

  async #deliverFrame(turn: Turn, frame: object, changes: readonly Change[]): Promise<void> {
    const { system, wire } = this.parts
    const elapsed = stopwatch()
    const struck = turn.state.faults.length === 0 ? NOTHING_WRONG : await strike(turn, system, this.#operations.delivery)
    if (struck.wait > 0) await turn.pause(struck.wait)
    const cut = struck.cut !== null
    const sent = cut ? CUT_OFF : speak(this.parts, [frame], struck)
    this.#record(turn, { operation: this.#operations.delivery, elapsed, sent, faults: struck.rules, changes })
    if (cut) wire.cut()
  }

  async #recheck(): Promise<void> {
    await this.#work // the session may just be being looked for
    if (this.#ended) return
    const { caller } = await this.#transact(await this.parts.sandbox.look(), onlyLook)
    if (caller.kind !== 'known') this.#end(turnedAwayAs(caller))
  }

  #take(mailbox: string): void {
    this.parts.onTake(this, mailbox)
    this.mailbox = mailbox
    this.#position = null
    this.#taken++
  }

  /** Tells the other side why, and closes. */
  #end(condition: 'unauthenticated' | 'banned' | 'displaced'): void {
    if (this.#ended) return
    const elapsed = stopwatch()
    const { frame, error } = refusalOf(this.parts.socket, condition, this.#memory)
    const sent = speak(this.parts, [frame])
    this.close(closedBy[condition] ?? closeCodes.policy, condition)
    const record = async () => {
      this.#record(await this.parts.sandbox.look(), { operation: this.#operations.delivery, elapsed, sent, error })
    }
    this.#detach(record())
  }

  #refuse(reason: RefusedFrame | SocketCondition): Reaction {
    const { frame, error, condition } = refusalOf(this.parts.socket, reason, this.#memory)
    return { frames: [frame], error, changes: [], reason: condition }
  }

  #transact<T>(turn: Turn, work: (work: never) => Promise<T>): Promise<Transacted<T>> {
    return transact({ turn, system: this.parts.system, proof: this.#proof, memory: this.#memory, position: this.#position }, work)
  }

  #record(turn: Turn, happening: Omit<Happening, 'turn' | 'user'>): void {
    recordFrames(this.parts, { ...happening, turn, user: this.user })
  }

  #detach(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#fail(error)
    })
  }

  /** A connection belongs to the world that it was opened in, and ends with it. */
  #fail(error: unknown): void {
    if (error instanceof Superseded) this.close(closeCodes.goingAway, 'the sandbox was reset')
    else if (error instanceof NoRoom) this.close(closeCodes.tryAgainLater, 'there is no more room')
    else this.#report(error)
  }

  #report(error: unknown): void {
    const { system, name, report } = this.parts
    report(`${system.id}: ${name} failed: ${describeException(error)}`)
  }
}

/** What comes of a frame. */
interface Reaction extends SocketAnswer<unknown> {
  readonly changes: readonly Change[]
  /** The condition for which it was not carried out; null when it was, or a fault wants something else. */
  readonly reason: SocketCondition | null
}

/** @returns the condition for which a caller who is not known (any more) is turned away */
function turnedAwayAs(caller: Caller): 'unauthenticated' | 'banned' {
  return caller.kind === 'refused' && caller.failure.condition === 'banned' ? 'banned' : 'unauthenticated'
}

/** @returns the value of a JSON text; undefined when it is none, or nested too deeply */
function parse(data: Uint8Array): unknown {
  try {
    return parseForeignJson(new TextDecoder().decode(data))
  } catch {
    return undefined
  }
}
