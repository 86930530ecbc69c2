/**
 * Backends to test against that share no code with the stub: plain `node:http`, written from the users' documents. Each can be told to
 * depart from its document in one of twelve ways, which is what a stub beside it has to find.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Departure, depart } from './departures.js'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The body as text; empty where there was none. */
  readonly text: string
}

export interface Answered {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly json: unknown
}

/** The answer, or null where there is no such path. */
export type Answering = (asked: Asked) => Answered | null

export interface Backend {
  readonly url: string
  readonly port: number
  /** Everything that was asked, oldest first. */
  readonly asked: readonly Asked[]
  /** From now on; none when left out. */
  depart(departure?: Departure): void
  close(): Promise<void>
}

/** Takes the requests for a WebSocket. */
export type Upgrading = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/**
 * @param unknown what answers a path that nobody has
 * @param upgrading without it there are no WebSockets, and whoever asks for one is cut off
 */
export async function startBackend(answering: Answering, unknown: Answered, upgrading: Upgrading = (_request, socket) => socket.destroy()): Promise<Backend> {
  const asked: Asked[] = []
  let departure: Departure | null = null
  const server = createServer((request, response) => {
    read(request).then(
      (call) => {
        asked.push(call)
        const answer = answering(call) ?? unknown
        if (departure === null || !call.path.endsWith(departure.at)) write(response, answer)
        else depart(departure.kind, answer, response)
      },
      () => {
        response.destroy()
      },
    )
  })
  server.on('upgrade', upgrading)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `http://127.0.0.1:${String(port)}`,
    port,
    asked,
    depart: (next) => {
      departure = next ?? null
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

/** Writes an answer as JSON. */
export function write(response: ServerResponse, { status = 200, headers = {}, json }: Answered): void {
  const body = JSON.stringify(json)
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body), ...headers })
  response.end(body)
}

async function read(request: IncomingMessage): Promise<Asked> {
  const url = new URL(request.url ?? '/', 'http://backend')
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return { method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, headers: request.headers, text: Buffer.concat(chunks).toString() }
}

/** @returns the fields of a JSON body; none where it is no object */
export function fields(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

/** @returns the value where it is a text, else `otherwise` */
export function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}
