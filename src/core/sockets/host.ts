/** The open WebSockets of a server: who they are, how many there may be, and what reaches them from elsewhere. */
import type { IncomingMessage, Server } from 'node:http'
import { Socket as TcpSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { pause, stopwatch } from '../clock.js'
import type { Credential, RequestView } from '../dialect.js'
import { readAddress } from '../pipeline/address.js'
import type { Address } from '../pipeline/exchange.js'
import { parseQuery } from '../pipeline/query.js'
import type { Sandbox, Sandboxes } from '../sandbox.js'
import type { System } from '../system.js'
import { Connection } from './connection.js'
import { type Socket, socketOperations } from './definition.js'
import { strike } from './faults.js'
import { Group } from './group.js'
import { CUT, NOTHING_SENT, recordFrames } from './outgoing.js'
import { handBack, refuseHandshake, refuseStatus, wantsWebSocket } from './upgrade.js'
import { closeCodes, Wire } from './wire.js'

export interface SocketLimits {
  /** Bytes of one frame. */
  readonly frame: number
  /** Bytes that may wait for a slow reader. */
  readonly backlog: number
  /** Connections of one sandbox. */
  readonly perSandbox: number
}

const defaultLimits: SocketLimits = { frame: 256 * 1024, backlog: 1024 * 1024, perSandbox: 2000 }

/** So many frames of one connection may wait for their answer; then no more are read. */
const MOST_PENDING = 64
/** Real milliseconds that clients have to say goodbye when the server stops. */
const GOODBYE = 1000
/** Real milliseconds after which the other side of a silent connection is looked for. */
const KEEP_ALIVE = 30_000

interface Found {
  readonly name: string
  readonly socket: Socket
  readonly system: System
  readonly address: Address
}

export interface SocketHostOptions {
  readonly systems: ReadonlyMap<string, System>
  readonly sandboxes: Sandboxes
  readonly limits?: Partial<SocketLimits>
  readonly report: (problem: string) => void
}

export class SocketHost {
  readonly #options: SocketHostOptions
  readonly #limits: SocketLimits
  readonly #groups = new Map<Sandbox, Group>()
  readonly #handshakes: WebSocketServer
  #opened = 0
  #isClosing = false

  constructor(options: SocketHostOptions) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#handshakes = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: this.#limits.frame })
    this.#handshakes.on('wsClientError', (error, socket) => {
      refuseHandshake(socket, error.message)
    })
  }

  /** Takes the upgrade requests of an HTTP server; those that are for no socket are answered like any other call. */
  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const found = wantsWebSocket(request) ? this.#find(request) : null
      if (found === null) handBack(server, request, socket, head)
      else {
        socket.on('error', () => {
          socket.destroy()
        })
        this.#open(found, request, socket, head).catch((error: unknown) => {
          socket.destroy()
          this.#options.report(`a socket could not be opened: ${String(error)}`)
        })
      }
    })
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

  #find(request: IncomingMessage): Found | null {
    const address = readAddress(request, this.#options.systems)
    if ('problem' in address) return null
    const { system } = address
    const found = Object.entries(system.sockets).find(([, socket]) => withoutTrailingSlash(socket.path) === withoutTrailingSlash(address.path))
    return found === undefined ? null : { name: found[0], socket: found[1], system, address }
  }

  async #open(found: Found, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { system, name, address } = found
    const sandbox = this.#options.sandboxes.open(address.sandbox)
    const elapsed = stopwatch()
    const turn = sandbox.begin()
    const operation = socketOperations(name).open
    const struck = await strike(turn, system, operation)
    if (struck.wait > 0) await pause(struck.wait)
    if (struck.cut !== null || struck.status !== null) {
      const parts = { system, url: urlOf(address), headers: request.headers, report: this.#options.report }
      recordFrames(parts, { operation, turn, elapsed, user: null, sent: NOTHING_SENT, faults: struck.rules, status: struck.status?.status ?? CUT })
      if (struck.status === null) socket.destroy()
      else refuseStatus(socket, struck.status)
      return
    }
    if (socket instanceof TcpSocket) socket.setKeepAlive(true, KEEP_ALIVE)
    this.#handshakes.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = this.#welcome(found, request, webSocket, sandbox, turn.now)
      connection?.open(turn, struck.rules)
    })
  }

  #welcome({ system, socket, name, address }: Found, request: IncomingMessage, webSocket: WebSocket, sandbox: Sandbox, openedAt: number): Connection | null {
    // A frame that breaks the protocol or a limit closes the connection with its code; there is nothing to add.
    webSocket.on('error', () => undefined)
    if (this.#isClosing || this.#options.sandboxes.peek(sandbox.name) !== sandbox) {
      webSocket.close(closeCodes.goingAway, 'it ended while the connection was being opened')
      return null
    }
    const group = this.#group(sandbox)
    if (group.connections.size >= this.#limits.perSandbox) {
      webSocket.close(closeCodes.tryAgainLater, 'too many sockets in this sandbox')
      return null
    }
    const connection = new Connection({
      id: `socket-${String(++this.#opened)}`,
      name,
      socket,
      system,
      sandbox,
      wire: new Wire(webSocket, this.#limits.backlog),
      url: urlOf(address),
      headers: request.headers,
      credential: readCredential(request, system, address),
      openedAt,
      onTake: (taker, mailbox) => {
        group.take(taker, mailbox)
      },
      report: this.#options.report,
    })
    group.connections.add(connection)
    webSocket.on('close', () => {
      if (group.leave(connection)) this.#groups.delete(sandbox)
    })
    receiveFrom(webSocket, connection)
    return connection
  }

  #group(sandbox: Sandbox): Group {
    let group = this.#groups.get(sandbox)
    if (group === undefined) this.#groups.set(sandbox, (group = new Group(sandbox, this.#options.systems)))
    return group
  }
}

/** Hands frames to the connection, and stops reading while too many wait for their answer. */
function receiveFrom(webSocket: WebSocket, connection: Connection): void {
  let pending = 0
  webSocket.on('message', (data: RawData, isBinary: boolean) => {
    if (++pending === MOST_PENDING) webSocket.pause()
    void connection.receive(toBytes(data), isBinary).then(() => {
      if (--pending === MOST_PENDING / 2 && webSocket.isPaused) webSocket.resume()
    })
  })
}

async function farewell(connection: Connection): Promise<void> {
  const { wire } = connection.parts
  const gone = new AbortController()
  connection.close(closeCodes.goingAway, 'the server stops')
  await Promise.race([wire.gone, pause(GOODBYE, gone.signal)])
  gone.abort()
  wire.cut()
}

function readCredential(request: IncomingMessage, { dialect }: System, { search }: Address): Credential {
  const query = parseQuery(search)
  const view: RequestView = { method: 'GET', headers: request.headers, query: (name) => query.get(name), field: () => undefined, pathParameters: {}, hasBody: false }
  return dialect.credentials?.read(view) ?? { sent: false, tokens: [] }
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}

function urlOf({ path, search }: Address): string {
  return search === '' ? path : `${path}?${search}`
}

function withoutTrailingSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}
