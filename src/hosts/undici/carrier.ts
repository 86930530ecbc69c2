/** Which HTTP a backend speaks, and the connections to it. */
import { TLSSocket } from 'node:tls'
import { Agent, buildConnector } from 'undici'
import { ForwardError, type Outgoing } from '../../core/backends/forward.js'
import type { Exchange } from './exchange.js'
import { Http2Connection } from './http2.js'
import { linesTo, type OverLine } from './line.js'
import { reasonOf } from './reasons.js'

/** Real milliseconds for a connection to be there. */
const CONNECT = 10_000
/** Connections to one backend. */
const CONNECTIONS = 128
/** So often is a call put on another connection because the backend did not take it. */
const MOST_TRIES = 3
/** Of so many backends is known that they speak no HTTP/2; then it is found out anew. */
const MOST_KNOWN = 1000

/** A call by one of these, without a body, may go out once more where a connection that was kept turns out to be closed (RFC 9110, section 9.2.2; RFC 9112, section 9.3.1). */
const IDEMPOTENT: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

export class Carrier {
  readonly #plain = buildConnector({ timeout: CONNECT, allowH2: false })
  readonly #agent = new Agent({ connections: CONNECTIONS, allowH2: false, factory: (origin, options) => linesTo(origin, options, this.#plain) })
  readonly #connect = buildConnector({ allowH2: true, timeout: CONNECT })
  /** By origin: the connection that takes calls, and the one that is on its way. */
  readonly #open = new Map<string, Http2Connection>()
  readonly #coming = new Map<string, Promise<Http2Connection | null>>()
  readonly #without = new Set<string>()
  readonly #all = new Set<Http2Connection>()
  #isClosed = false

  /** Carries a call by whichever HTTP the backend speaks; what comes of it is told to its exchange. */
  carry(outgoing: Outgoing, exchange: Exchange, tries = 1): void {
    const { origin } = outgoing
    if (!origin.startsWith('https:') || this.#without.has(origin)) {
      this.#dispatch(outgoing, exchange)
      return
    }
    const open = this.#open.get(origin)
    if (open?.isOpen === true) {
      this.#put(open, outgoing, exchange, tries)
      return
    }
    this.#connection(origin).then(
      (connection) => {
        if (exchange.isOver) return
        if (connection === null) this.#dispatch(outgoing, exchange)
        else this.#put(connection, outgoing, exchange, tries)
      },
      (error: unknown) => {
        exchange.fail(reasonOf(error))
      },
    )
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const connection of this.#all) connection.destroy()
    await this.#agent.destroy()
  }

  #dispatch(outgoing: Outgoing, exchange: Exchange, isAgain = false): void {
    const { origin, path, method, headers, body } = outgoing
    if (!isAgain && body === null && IDEMPOTENT.includes(method)) {
      exchange.onceMore = () => {
        this.#dispatch(outgoing, exchange, true)
      }
    }
    try {
      // One clock for the whole of it, which the exchange keeps.
      const options: OverLine = { origin, path, method, headers: flat(headers), body, headersTimeout: 0, bodyTimeout: 0, over: exchange.over }
      this.#agent.dispatch(options, exchange)
    } catch (error) {
      exchange.fail(reasonOf(error))
    }
  }

  #put(connection: Http2Connection, outgoing: Outgoing, exchange: Exchange, tries: number): void {
    const refused = () => {
      if (exchange.isOver) return
      if (tries === MOST_TRIES) exchange.fail(new ForwardError('reset', 'it refused the call (HTTP/2 REFUSED_STREAM)'))
      else this.carry(outgoing, exchange, tries + 1)
    }
    const elsewhere = () => {
      if (!exchange.isOver) this.carry(outgoing, exchange, tries)
    }
    try {
      connection.carry({ outgoing, exchange, refused, elsewhere })
    } catch (error) {
      exchange.fail(reasonOf(error))
    }
  }

  #connection(origin: string): Promise<Http2Connection | null> {
    const coming = this.#coming.get(origin)
    if (coming !== undefined) return coming
    const way = this.#begin(origin).finally(() => this.#coming.delete(origin))
    this.#coming.set(origin, way)
    return way
  }

  /** @returns a connection of HTTP/2; null where the backend speaks none */
  async #begin(origin: string): Promise<Http2Connection | null> {
    const socket = await this.#socketTo(new URL(origin))
    if (this.#isClosed || socket.alpnProtocol !== 'h2') {
      socket.destroy()
      if (this.#isClosed) throw new ForwardError('cancelled', 'the stub was stopped')
      if (this.#without.size >= MOST_KNOWN) this.#without.clear()
      this.#without.add(origin)
      return null
    }
    const connection = new Http2Connection(origin, socket, () => {
      this.#all.delete(connection)
      if (this.#open.get(origin) === connection) this.#open.delete(origin)
    })
    this.#all.add(connection)
    this.#open.set(origin, connection)
    return connection
  }

  #socketTo({ hostname, host, protocol, port }: URL): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      this.#connect({ hostname: hostname.replace(/^\[|\]$/g, ''), host, protocol, port: port === '' ? '443' : port }, (error, socket) => {
        if (error !== null) reject(error)
        else if (socket instanceof TLSSocket) resolve(socket)
        else reject(new Error('a connection without TLS'))
      })
    })
  }
}

function flat(headers: Outgoing['headers']): string[] {
  const list: string[] = []
  for (const name in headers) {
    const value = headers[name]
    if (typeof value === 'string') list.push(name, value)
    else for (const one of value ?? []) list.push(name, one)
  }
  return list
}
