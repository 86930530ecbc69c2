/** Reaches the real backend of a socket: opens the connection there, or says why there is none. */
import { ForwardError, type Forwarder, type IncomingSocket, type Unanswered } from '../backends/forward.js'
import { incomingHeaders, REASON_HEADER } from '../backends/headers.js'
import { hereOf, outward, type OutwardParts } from '../backends/outward.js'
import { type Backend, modeOf } from '../backends/setting.js'
import { guisesOf } from '../backends/guises.js'
import { type KnownTokens, knownTokens } from '../backends/tokens.js'
import { secretsIn, veilOver } from '../backends/veil.js'
import type { DriftDocument, DriftDocuments } from '../drift/documents.js'
import type { Finding } from '../drift/finding.js'
import type { DriftBook } from '../drift/ledger.js'
import type { Address } from '../pipeline/address.js'
import { backendOf } from '../pipeline/bridge.js'
import { exampleOf, NOT_ITS_FAULT, onceFor, shownBody, veiled } from '../pipeline/witness.js'
import type { Reply, ReplyHeaders } from '../reply.js'
import type { SessionRecord } from '../sessions.js'
import type { Call, CallHeaders } from '../stage/call.js'
import type { System } from '../system.js'
import type { Turn } from '../turn.js'
import type { SocketLink } from './wire.js'

export interface ReachParts extends OutwardParts {
  /** The backends that the server was started with, by system; a sandbox may have others. */
  readonly backends: ReadonlyMap<string, Backend>
  readonly forwarder: Pick<Forwarder, 'connect'>
  readonly drift: DriftBook
  readonly documents: DriftDocuments
  /** Bytes of one frame. */
  readonly limit: number
}

/** Who asks for a socket. */
export interface Knocking extends Pick<Call, 'url' | 'headers' | 'signal' | 'isEncrypted'> {
  readonly address: Address
  /** The system's name for the socket. */
  readonly name: string
  /** The name of its opening. */
  readonly operation: string
  /** What the dialect takes for the caller's token. */
  readonly shown: readonly string[]
}

/** What came of it. Without a reason the stub is to answer because it was told to. */
export type Reached =
  | { readonly kind: 'stub'; readonly reason: Unanswered | 'notThere' | null; readonly detail: string }
  | { readonly kind: 'nobody'; readonly reason: Unanswered; readonly detail: string }
  | { readonly kind: 'refused'; readonly reply: Reply }
  | { readonly kind: 'open'; readonly link: SocketLink; readonly protocol: string; readonly headers: ReplyHeaders; readonly caller: SessionRecord | null; /** Its URL. */ readonly backend: string }

/** Something to note of a backend's socket. */
export interface SocketNote {
  readonly sandbox: string
  readonly system: System
  readonly operation: string
  readonly findings: readonly Finding[]
  readonly at: number
  readonly url: string
  readonly status: number | null
  readonly body: Uint8Array | null
  /** Of the handshake, as far as they are at hand. */
  readonly headers?: readonly CallHeaders[]
}

/** These say, of a handshake, that the backend has no such socket. */
const NOT_THERE: readonly number[] = [404, 405, 501, 502, 503, 504]

export class Reach {
  readonly #parts: ReachParts

  constructor(parts: ReachParts) {
    this.#parts = parts
  }

  /** @returns the backend that stands beside the stub here; null where none does */
  backendOf(system: System, turn: Turn): Backend | null {
    return backendOf({ system, switches: turn.state.systems[system.id] }, this.#parts.backends)
  }

  /** @returns what became of the wish for a connection to the backend */
  async open(knocking: Knocking, turn: Turn, backend: Backend): Promise<Reached> {
    const { address: { sandbox, system, path, search }, name, operation, url, headers, signal, isEncrypted, shown } = knocking
    const mode = modeOf(backend, name, null)
    if (mode === 'stub' || mode === 'compare') return { kind: 'stub', reason: null, detail: '' }
    const note = (status: number | null, finding: Finding | null) => {
      this.note({ sandbox, system, operation, findings: finding === null ? [] : [finding], at: turn.now, url: path, status, body: null, headers: [headers] })
    }
    const going = await outward({ system, turn, url, path, search, headers, shown, text: '', unpacked: '' }, backend, this.#parts)
    const none = (reason: Unanswered, detail: string): Reached => {
      if (!NOT_ITS_FAULT.includes(reason)) note(null, { kind: 'noAnswer', pointer: '', message: `${reason}: ${detail}`, reason })
      return { kind: mode === 'real-or-stub' && reason !== 'cancelled' ? 'stub' : 'nobody', reason, detail }
    }
    if (going.kind === 'kept') return none(going.reason, going.detail)
    const protocols = String(headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim()).filter((one) => one !== '')
    let came: IncomingSocket
    try {
      came = await this.#parts.forwarder.connect({ ...going, headers: without(going.headers), protocols, limit: this.#parts.limit, timeout: backend.timeout, signal })
    } catch (error) {
      if (!(error instanceof ForwardError)) throw error
      return none(error.reason, error.message)
    }
    const seam = { backend: backend.url, here: hereOf(url, path), isEncrypted }
    const isLoop = String((came.kind === 'open' ? came : came.reply).headers[REASON_HEADER] ?? '').startsWith('loop')
    if (isLoop) {
      if (came.kind === 'open') came.link.cut()
      return none('loop', `${backend.url} leads back to this server`)
    }
    if (came.kind === 'open') {
      note(SWITCHED, null)
      return { kind: 'open', link: came.link, protocol: came.protocol, headers: without(incomingHeaders(came.headers, seam)), caller: going.caller, backend: backend.url }
    }
    const { status, headers: said, body } = came.reply
    const detail = `the backend answers the handshake with HTTP ${String(status)}`
    const isMissing = mode === 'real-or-stub' && NOT_THERE.includes(status)
    note(status, { kind: isMissing ? 'notThere' : 'httpStatus', pointer: '', message: detail })
    return isMissing ? { kind: 'stub', reason: 'notThere', detail } : { kind: 'refused', reply: { status, headers: without(incomingHeaders(said, seam)), body } }
  }

  /** @returns whose tokens stand in a frame for the backend with this URL */
  tokensIn(system: System, turn: Turn, text: string, backend: string): Promise<KnownTokens> {
    return knownTokens(system, turn.store(system.id), [], guisesOf(text), this.#parts.issued, backend, this.#parts.pace)
  }

  /** @returns what the system's document tells */
  documentOf({ id }: System): DriftDocument | Promise<DriftDocument> {
    return this.#parts.documents.of(id)
  }

  /** Notes where the backend's socket is not what it should be. */
  note({ sandbox, system, operation, findings, at, url, status, body, headers = [] }: SocketNote): void {
    const frame = body === null ? [] : [Buffer.from(body).toString('utf8')]
    const veil = veilOver([...(findings.length === 0 ? [] : [secretsIn({ url, headers, bodies: frame })]), this.#parts.issued.adopted])
    const shown = onceFor(() => (body === null ? null : shownBody(body, system, veil)))
    this.#parts.drift.note(sandbox, {
      system: system.id,
      operation,
      findings: findings.map((finding) => veiled(system, finding, veil)),
      example: ({ message }) => ({ ...exampleOf(system, { at, method: 'WS', url, status, message, body: null }, veil), body: shown() }),
    })
  }
}

const SWITCHED = 101

/** What is made anew of a handshake; what is of one hop only has stayed behind already. */
function without(headers: ReplyHeaders): ReplyHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('sec-websocket-') && name !== 'date'))
}
