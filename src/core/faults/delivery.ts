/** How an answer is put on the wire when it does not simply arrive. */
import type { ServerResponse } from 'node:http'
import type { Reply } from '../reply.js'

/** Puts an answer on the wire. Headers that do not belong to the answer itself are set on the response already. */
export type Delivery = (response: ServerResponse, reply: Reply, method: string) => Promise<void> | void

/** Writes status and headers, with the length that the body was to have. */
export function writeHead(response: ServerResponse, { status, headers }: Reply, length: number): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.setHeader('content-length', length)
  response.writeHead(status)
}

/** @returns whether HTTP lets this answer have a body */
export function mayHaveBody({ status }: Reply, method: string): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304
}

/** @returns the bytes that the answer would have had; none where HTTP has no body */
export function bytesOf(reply: Reply, method: string): Buffer {
  if (!mayHaveBody(reply, method)) return Buffer.alloc(0)
  const { body } = reply
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}
