/** Writes an answer in one piece. */
import type { ServerResponse } from 'node:http'
import { emptyReply, type Reply } from '../reply.js'
import { corsHeaders } from './cors.js'
import type { Exchange } from './exchange.js'
import { SERVER_STATUS_HEADER } from './maintenance.js'

/** Tells a developer, in the answer itself, that it breaks the contract. */
export const VIOLATION_HEADER = 'understudy-violation'

/** Puts the answer of the exchange on the wire. */
export async function send(exchange: Exchange, response: ServerResponse): Promise<void> {
  const reply = exchange.reply ?? emptyReply(500)
  const [violation] = exchange.violations
  if (violation !== undefined) response.setHeader(VIOLATION_HEADER, asHeader(violation))
  const cors = corsHeaders(exchange)
  if (cors !== null) for (const [name, value] of Object.entries(cors)) response.setHeader(name, value)
  // The sandbox's clock, so that clients which compare with it see the time they are to see.
  response.setHeader('date', new Date(exchange.now).toUTCString())
  if (exchange.underMaintenance !== null) response.setHeader(SERVER_STATUS_HEADER, exchange.underMaintenance.status)
  if (exchange.applied.length > 0) response.setHeader('preference-applied', asHeader(exchange.applied.join(', ')))
  if (exchange.delivery === null) writeReply(response, reply, exchange.method)
  else await exchange.delivery(response, reply, exchange.method)
  // A body that was not read to its end would be taken for the next request.
  if (exchange.received?.kind === 'refused' && !exchange.request.complete) response.once('finish', () => exchange.request.destroy())
}

/** Writes status, headers and body; the body stays away where HTTP has none. */
export function writeReply(response: ServerResponse, { status, headers, body }: Reply, method: string | undefined): void {
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) response.setHeader(name, value)
  }
  response.statusCode = status
  if (status !== 304 && status !== 204) response.setHeader('content-length', Buffer.byteLength(body))
  if (method === 'HEAD' || body.length === 0) response.end()
  else response.end(body)
}

/** Header values are Latin-1; anything else is written as its escape. */
function asHeader(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).slice(0, 500)
}
