/** One request on its way through the pipeline: each step reads what earlier ones found and adds its own. */
import type { IncomingMessage } from 'node:http'
import { pause } from '../clock.js'
import type { BodyType, OperationRow } from '../contract.js'
import type { About, RequestView } from '../dialect.js'
import type { Failure } from '../failure.js'
import type { Delivery } from '../faults/delivery.js'
import type { Reply } from '../reply.js'
import type { Turn } from '../generation.js'
import type { ControlState, MaintenanceControl } from '../sandbox.js'
import type { SettingValue } from '../settings.js'
import type { System } from '../system.js'
import type { Change } from '../store/types.js'
import type { UploadedFile } from '../upload.js'
import { parseQuery, type Query } from './query.js'

/** What came as a body: bytes not yet decoded, or the parts of a multipart one. */
export type Received =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'parts'; readonly parts: Readonly<Record<string, string | UploadedFile>> }
  | { readonly kind: 'refused'; readonly failure: Failure }

/** Where a request goes, read off its URL and headers. */
export interface Address {
  readonly sandbox: string
  readonly system: System
  /** Path below the system's base, not decoded. */
  readonly path: string
  /** The text behind the question mark; empty when there is none. */
  readonly search: string
}

/** What most exchanges have none of, shared by them. */
const NONE: readonly string[] = []
const NO_CHANGES: readonly Change[] = []
const EMPTY: Readonly<Record<string, never>> = {}

/** An address with a zone fits in; whatever else is sent is cut. */
const LONGEST_CLIENT = 64

export class Exchange implements RequestView {
  readonly request: IncomingMessage
  readonly system: System
  readonly path: string
  readonly search: string
  readonly method: string
  readonly headers: IncomingMessage['headers']
  /** What the request sees of its sandbox. */
  readonly turn: Turn
  /** The sandbox's control state and clock as they were when the request came. */
  readonly state: ControlState
  readonly now: number
  operation: string | null = null
  row: OperationRow | null = null
  pathParameters: Readonly<Record<string, string>> = EMPTY
  received: Received | null
  /** Decoded fields of the body. */
  body: Readonly<Record<string, unknown>> = EMPTY
  /** Whose credential it was, or who logged in; for the journal. */
  user: string | null = null
  error: string | null = null
  changes: readonly Change[] = NO_CHANGES
  violations: readonly string[] = NONE
  reply: Reply | null = null
  /** How the answer is put on the wire; null: it simply arrives. */
  delivery: Delivery | null = null
  /** Ids of the fault rules that acted, and `prefer` when the request itself asked for something. */
  faults: readonly string[] = NONE
  /** Whether the failure was asked for, by a fault rule or by the request; the operation need not list it then. */
  forced = false
  /** The preferences of the request that were carried out. */
  applied: readonly string[] = NONE
  #query: Query | null = null

  /** @param received the body, where the request begins anew and has brought it already */
  constructor(request: IncomingMessage, address: Address, turn: Turn, received: Received | null = null) {
    this.request = request
    this.system = address.system
    this.path = address.path
    this.search = address.search
    this.turn = turn
    this.state = turn.state
    this.now = turn.now
    this.received = received
    this.method = request.method ?? 'GET'
    this.headers = request.headers
  }

  get about(): About {
    return { operation: this.operation, row: this.row, now: this.now, settings: this.settings }
  }

  get settings(): Readonly<Record<string, SettingValue>> {
    return this.state.systems[this.system.id]?.settings ?? {}
  }

  /** Who calls, as far as addresses tell: behind a proxy the first address of `X-Forwarded-For`. */
  get client(): string {
    const [forwarded = ''] = String(this.headers['x-forwarded-for'] ?? '').split(',', 1)
    return forwarded.trim().slice(0, LONGEST_CLIENT) || (this.request.socket.remoteAddress ?? '')
  }

  get underMaintenance(): MaintenanceControl | null {
    return this.state.systems[this.system.id]?.maintenance ?? null
  }

  /** Waits in real time, no longer than the client does. */
  async wait(milliseconds: number): Promise<void> {
    const { socket } = this.request
    const gone = new AbortController()
    const leave = () => {
      gone.abort()
    }
    socket.once('close', leave)
    await pause(milliseconds, gone.signal)
    socket.off('close', leave)
  }

  get parsedQuery(): Query {
    return (this.#query ??= parseQuery(this.search))
  }

  /** The media type of the body that is read: the operation's, or a form where it takes none but the token may stand in one. */
  get bodyType(): BodyType | null {
    if (this.row === null || this.row.body !== null) return this.row?.body ?? null
    return this.system.dialect.credentials?.form?.includes(this.row.method) ? 'application/x-www-form-urlencoded' : null
  }

  get hasBody(): boolean {
    return this.headers['transfer-encoding'] !== undefined || Number(this.headers['content-length'] ?? 0) > 0
  }

  query(name: string): string | undefined {
    return this.parsedQuery.get(name)
  }

  field(name: string): unknown {
    return Object.hasOwn(this.body, name) ? this.body[name] : undefined
  }
}
