/** One WebSocket that goes on to a real backend: frames both ways, each held against the contract and put on record, and its end passed on. */
import { adopt, newsOf } from '../backends/adopt.js'
import { type ReadReply, readReply } from '../backends/read.js'
import { guisesOf } from '../backends/guises.js'
import { isLeft, swapped } from '../backends/tokens.js'
import { stopwatch } from '../clock.js'
import type { RequestView } from '../dialect.js'
import { frameFindings } from '../drift/frames.js'
import type { Finding } from '../drift/finding.js'
import { describeException } from '../failure.js'
import { isObject } from '../../plain/json.js'
import type { Sandbox } from '../sandbox.js'
import type { SessionRecord } from '../sessions.js'
import { breathe, type Pace } from '../slices.js'
import { Superseded } from '../superseded.js'
import type { Turn } from '../turn.js'
import { closedBy, type SocketOperations, socketOperations } from './definition.js'
import { inMaintenance, NOTHING_WRONG, obstacle, refusalOf, strike } from './faults.js'
import { CUT_OFF, type Happening, type OutgoingParts, recordFrames, speak, violationsOf } from './outgoing.js'
import type { Reach } from './reach.js'
import { closeCodes, type Wire } from './wire.js'

/** What a relay is made of. */
export interface RelayParts extends OutgoingParts {
  readonly id: string
  readonly sandbox: Sandbox
  /** The system's name for the socket. */
  readonly name: string
  /** The connection to the backend. */
  readonly far: Wire
  /** What the upgrade request showed. */
  readonly view: RequestView
  /** Whose connection it is; null where the sandbox does not know him. */
  readonly caller: SessionRecord | null
  /** URL of the backend. */
  readonly backend: string
  readonly reach: Reach
  readonly openedAt: number
  /** Of all who work in the same server: thousands of short frames come in one piece. */
  readonly pace: Pace
}

/** Of frames that the backend never heard. */
const BY_STUB = { source: 'stub', reason: null } as const
const UNHEARD = { source: 'real', reason: 'reset: the connection to the backend was closed before this frame could go on' } as const
const STUB_TOKEN = { source: 'stub', reason: 'stubToken: the frame carries a token that the stub, or another backend, has issued' } as const

export class Relay {
  readonly parts: RelayParts
  /** Mailboxes are the backend's. */
  readonly mailbox = null
  readonly #operations: SocketOperations
  #up: Promise<void> = Promise.resolve()
  #down: Promise<void> = Promise.resolve()
  /** Whether one side has said goodbye, or the stub has. */
  #isEnding = false

  constructor(parts: RelayParts) {
    this.parts = parts
    this.#operations = socketOperations(parts.name)
  }

  get user(): string | null {
    return this.parts.caller?.userId ?? null
  }

  get session(): string | null {
    return this.parts.caller?.id ?? null
  }

  /** Passes a frame of the client's on, after those that came before it. */
  fromClient(data: Uint8Array, isBinary: boolean): Promise<void> {
    return (this.#up = this.#after(this.#up, () => this.#passUp(data, isBinary)))
  }

  /** Passes a frame of the backend's on, after those that came before it. */
  fromBackend(data: Uint8Array, isBinary: boolean): Promise<void> {
    return (this.#down = this.#after(this.#down, () => this.#passDown(data, isBinary)))
  }

  /** The client has gone, and what it sent before is still the backend's. */
  clientGone(code: number, reason: string): void {
    void this.#up.then(() => {
      passOn(this.parts.far, code, reason)
    })
  }

  /** The backend has gone, and what it sent before is still the client's. Without a goodbye of its own the client gets none either. */
  backendGone(code: number, reason: string): void {
    const isLost = !this.#isEnding && code === LOST
    this.#isEnding = true
    void this.#after(this.#down, async () => {
      if (isLost) await this.#noteLoss()
    }).then(() => {
      passOn(this.parts.wire, code, reason)
    })
  }

  /** Says goodbye to both sides. */
  close(code: number, reason: string): void {
    this.#isEnding = true
    this.parts.wire.close(code, reason)
    this.parts.far.close(closeCodes.goingAway, '')
  }

  /** Ends both connections at once, without a word. */
  cut(): void {
    this.parts.wire.cut()
    this.parts.far.cut()
  }

  /** Resolves when both connections are gone. */
  get gone(): Promise<unknown> {
    return Promise.all([this.parts.wire.gone, this.parts.far.gone])
  }

  /** The connection is closing or gone. */
  forget(): void {
    this.#isEnding = true
  }

  /** Who is welcome is for the backend to say. */
  recheck(): void {
    // Nothing to look at.
  }

  async #passUp(data: Uint8Array, isBinary: boolean): Promise<void> {
    const { sandbox, system, socket, far, wire, reach } = this.parts
    const elapsed = stopwatch()
    const turn = await sandbox.begin()
    const operation = this.#operations.frame
    const struck = inMaintenance(turn.state, system) ? NOTHING_WRONG : await strike(turn, system, operation)
    const seen = { operation, turn, elapsed, request: data, faults: struck.rules }
    if (struck.wait > 0) await turn.pause(struck.wait)
    if (struck.cut === 'before') {
      this.#record({ ...seen, sent: CUT_OFF }, BY_STUB)
      wire.cut()
      return
    }
    // Of what is no text a character stands for each byte.
    const text = isBinary ? Buffer.from(data).toString('latin1') : new TextDecoder().decode(data)
    const tokens = await reach.tokensIn(system, turn, text, this.parts.backend)
    const said = swapped(text, tokens.swaps)
    const going = isBinary ? Buffer.from(said, 'latin1') : said
    const isForeign = tokens.hasForeign || (tokens.swaps.size > 0 && isLeft(guisesOf(said), tokens.swaps))
    const inTheWay = obstacle(turn, system, operation, socket, socket.memory, struck) ?? (isForeign ? 'unauthenticated' : null)
    if (inTheWay !== null) {
      const { frame, error, condition } = refusalOf(socket, inTheWay, socket.memory)
      this.#record({ ...seen, sent: speak(this.parts, [frame], struck), error }, isForeign ? STUB_TOKEN : BY_STUB)
      const code = condition === null ? null : closedBy[condition]
      if (code !== null) this.close(code, condition ?? '')
      return
    }
    const isHeard = far.send(going)
    const sent = { texts: [], violations: this.#complaintsAbout(data), isCut: !isHeard || struck.cut !== null }
    this.#record({ ...seen, sent }, isHeard ? this.parts.via : UNHEARD)
    if (struck.cut === null) await far.drained()
    else wire.cut()
  }

  async #passDown(data: Uint8Array, isBinary: boolean): Promise<void> {
    const { sandbox, system, socket, wire, name, reach } = this.parts
    const elapsed = stopwatch()
    const turn = await sandbox.look()
    const operation = this.#operations.delivery
    const read = readReply(system.contract, operation, SWITCHED, data)
    const findings = await frameFindings(system, await reach.documentOf(system), socket.schema, `a frame of ${name}`, read)
    this.#note(turn, operation, findings, read, data)
    // To tell of many of these would hold up everybody else.
    if (findings.length > 0 && data.length > LONG_FRAME) await breathe()
    await this.#takeNews(turn, operation, read)
    const struck = inMaintenance(turn.state, system) ? NOTHING_WRONG : await strike(turn, system, operation)
    const seen = { operation, turn, elapsed, faults: struck.rules, error: read.error ?? null }
    if (struck.wait > 0) await turn.pause(struck.wait)
    if (struck.cut !== null) {
      this.#record({ ...seen, sent: CUT_OFF })
      wire.cut()
      return
    }
    const text = isBinary ? null : new TextDecoder().decode(data)
    const sent = text === null || struck.spoil === null ? (text ?? data) : struck.spoil(text)
    const isSent = wire.send(sent)
    const shown = typeof sent === 'string' ? sent : Buffer.from(sent).toString('latin1')
    this.#record({ ...seen, sent: { texts: isSent ? [shown] : [], violations: findings.map(({ message }) => message), isCut: !isSent } })
    await wire.drained()
  }

  async #noteLoss(): Promise<void> {
    const turn = await this.parts.sandbox.look()
    const operation = this.#operations.delivery
    const message = 'reset: the backend broke the connection off without a goodbye'
    this.#note(turn, operation, [{ kind: 'noAnswer', pointer: '', message, reason: 'reset' }], null, null)
    this.#record({ operation, turn, elapsed: stopwatch(), sent: CUT_OFF }, { source: 'real', reason: message })
  }

  /** What a frame says of its own session holds here, too. */
  async #takeNews(turn: Turn, operation: string, { json, error }: ReadReply): Promise<void> {
    const { system, view, backend, caller } = this.parts
    if (error === undefined || !isObject(json)) return
    const news = newsOf(system, { operation, request: view, body: json, headers: {}, error })
    if (news?.kind === 'ended') await adopt({ system, turn, backend, caller }, news)
  }

  #complaintsAbout(data: Uint8Array): readonly string[] {
    const { system, socket } = this.parts
    const { json } = readReply(system.contract, this.#operations.frame, SWITCHED, data)
    return violationsOf(system.validators.schemas[socket.clientSchema], json).map((line) => `of the client: ${line}`)
  }

  #note(turn: Turn, operation: string, findings: readonly Finding[], read: ReadReply | null, data: Uint8Array | null): void {
    const { reach, sandbox, system, url } = this.parts
    reach.note({ sandbox: sandbox.name, system, operation, findings, at: turn.now, url, status: read === null ? null : SWITCHED, body: data })
  }

  #record(happening: Omit<Happening, 'user'>, via = this.parts.via): void {
    recordFrames({ ...this.parts, ...(via === undefined ? {} : { via }) }, { ...happening, user: this.user })
  }

  #after(before: Promise<void>, work: () => Promise<void>): Promise<void> {
    const { sandbox, system, name, report, pace } = this.parts
    return before.then(async () => {
      await pace.pass()
      sandbox.enter()
      try {
        await work()
      } finally {
        sandbox.leave()
      }
    }).catch((error: unknown) => {
      // A connection belongs to the world that it was opened in, and ends with it.
      if (error instanceof Superseded) this.close(closeCodes.goingAway, 'the sandbox was reset')
      else report(`${system.id}: ${name} could not be passed on: ${describeException(error)}`)
    })
  }
}

/** To tell what is wrong with a frame of so many bytes takes longer than others should wait. */
const LONG_FRAME = 64 * 1024
const SWITCHED = 101
/** Close codes that stand for an end without a close frame, or with one that has no code (RFC 6455, section 7.4.1). */
const [LOST, WITHOUT_CODE] = [1006, 1005]

function passOn(wire: Wire, code: number, reason: string): void {
  if (code === LOST) wire.cut()
  else wire.close(code === WITHOUT_CODE ? null : code, reason)
}
