/** Writes an answer in one piece. */
import type { ServerResponse } from 'node:http'
import { emptyReply, type Reply, type ReplyHeaders } from '../reply.js'
import { corsHeaders } from './cors.js'
import type { Exchange } from './exchange.js'
import { SERVER_STATUS_HEADER } from './maintenance.js'

/** Tells a developer, in the answer itself, that it breaks the contract. */
export const VIOLATION_HEADER = 'understudy-violation'

/** Header names and values in turn, as `writeHead` takes them. */
type FlatHeaders = string[]

/**
 * Puts the answer of the exchange on the wire.
 * @returns a promise only where the delivery takes its time
 */
export function send(exchange: Exchange, response: ServerResponse): Promise<void> | void {
  const reply = exchange.reply ?? emptyReply(500)
  const headers = headersBeside(exchange)
  // A body that was not read to its end would be taken for the next request.
  if (exchange.received?.kind === 'refused' && !exchange.request.complete) response.once('finish', () => exchange.request.destroy())
  if (exchange.delivery === null) {
    writeReply(response, reply, exchange.method, headers)
    return
  }
  for (let i = 0; i < headers.length; i += 2) response.setHeader(headers[i] ?? '', headers[i + 1] ?? '')
  return exchange.delivery(response, reply, exchange.method)
}

/** What the server adds to every answer of a system. */
function headersBeside(exchange: Exchange): FlatHeaders {
  // The sandbox's clock, so that clients which compare with it see the time they are to see.
  const headers = ['date', new Date(exchange.now).toUTCString()]
  const cors = corsHeaders(exchange)
  if (cors !== null) flatten(cors, headers)
  const [violation] = exchange.violations
  if (violation !== undefined) headers.push(VIOLATION_HEADER, asHeader(violation))
  if (exchange.underMaintenance !== null) headers.push(SERVER_STATUS_HEADER, exchange.underMaintenance.status)
  if (exchange.applied.length > 0) headers.push('preference-applied', asHeader(exchange.applied.join(', ')))
  return headers
}

/** Writes status, headers and body in one piece; the body stays away where HTTP has none. */
export function writeReply(response: ServerResponse, { status, headers, body }: Reply, method: string | undefined, beside: FlatHeaders = []): void {
  flatten(headers, beside)
  if (status !== 304 && status !== 204) beside.push('content-length', String(Buffer.byteLength(body)))
  response.writeHead(status, beside)
  if (method === 'HEAD' || body.length === 0) response.end()
  else response.end(body)
}

function flatten(headers: ReplyHeaders, into: FlatHeaders): void {
  for (const name in headers) {
    const value = headers[name]
    if (typeof value === 'string') into.push(name, value)
    else for (const one of value ?? []) into.push(name, one)
  }
}

/** Header values are Latin-1; anything else is written as its escape. */
function asHeader(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).slice(0, 500)
}
