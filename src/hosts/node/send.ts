/** Carries outcomes out on a connection of Node's HTTP server. */
import type { ServerResponse } from 'node:http'
import { pause } from '../../core/clock.js'
import { isBodiless, type Reply } from '../../core/reply.js'
import type { Call } from '../../core/stage/call.js'
import { type Delivery, isStreamed, type Outcome, type StreamedReply } from '../../core/stage/outcome.js'

/**
 * Puts an outcome on the wire.
 * @returns a promise only where the delivery takes its time
 */
export function send({ reply, delivery }: Outcome, call: Pick<Call, 'method' | 'signal'>, response: ServerResponse): Promise<void> | void {
  const isHead = call.method === 'HEAD'
  if (isStreamed(reply)) return stream(response, reply, isHead, call)
  if (delivery.kind === 'whole') {
    writeWhole(response, reply, isHead)
    return
  }
  if (delivery.kind === 'slow') return trickle(response, reply, isHead, delivery, call)
  if (delivery.at === 'start') response.destroy()
  else breakOff(response, reply, isHead)
}

/** Status, headers and body in one piece. */
export function writeWhole(response: ServerResponse, reply: Reply, isHead: boolean): void {
  const { body } = reply
  const length = lengthOf(reply)
  writeHead(response, reply, length)
  if (isHead || length === 0) response.end()
  // As many bytes as characters: no letter beyond ASCII, and nothing to be encoded.
  else if (typeof body === 'string') writeText(response, body, length === body.length ? 'latin1' : 'utf8')
  else if (length > SHORT) response.end(body)
  // Node puts a text and the head into one piece; of bytes it makes two, which costs more than all else here.
  else writeText(response, Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1'), 'latin1')
}

/** Node's `end` hands head and text over together with an empty piece, and two pieces cost the system call a third more than one. */
function writeText(response: ServerResponse, text: string, encoding: 'utf8' | 'latin1'): void {
  response.write(text, encoding)
  // Null while the answers to calls before it, on the same connection, are not out.
  response.socket?.uncork()
  response.end()
}

/** So many bytes are copied rather than sent as a piece of their own. */
const SHORT = 16 * 1024

/** @param length of the body as it is announced; null where nobody knows it yet */
function writeHead(response: ServerResponse, { status, headers }: Reply | StreamedReply, length: number | null): void {
  // One flat list of names and values is what Node writes fastest.
  const flat: string[] = []
  for (const name in headers) {
    const value = headers[name]
    if (typeof value === 'string') flat.push(name, value)
    else for (const one of value ?? []) flat.push(name, one)
  }
  if (length !== null && status !== 304 && status !== 204) flat.push('content-length', String(length))
  response.writeHead(status, flat)
}

/** How many bytes the answer has, to whatever method; none where HTTP has no body. */
function lengthOf({ status, body, length }: Reply): number {
  return isBodiless(status) ? 0 : (length ?? Buffer.byteLength(body))
}

function bytesOf({ status, body }: Reply, isHead: boolean): Buffer {
  return isHead || isBodiless(status) ? Buffer.alloc(0) : Buffer.from(body)
}

async function trickle(response: ServerResponse, reply: Reply, isHead: boolean, { milliseconds, chunks }: Extract<Delivery, { kind: 'slow' }>, { signal }: Pick<Call, 'signal'>): Promise<void> {
  const bytes = bytesOf(reply, isHead)
  writeHead(response, reply, lengthOf(reply))
  response.flushHeaders()
  const size = Math.max(1, Math.ceil(bytes.length / chunks))
  const pieces = Math.max(1, Math.ceil(bytes.length / size))
  for (let piece = 0; piece < pieces; piece++) {
    await pause(milliseconds / pieces, signal)
    if (signal.aborted) return
    response.write(bytes.subarray(piece * size, (piece + 1) * size))
  }
  response.end()
}

/** Half a body, then the end of the connection. */
function breakOff(response: ServerResponse, reply: Reply, isHead: boolean): void {
  const bytes = bytesOf(reply, isHead)
  // An empty body is announced a byte longer, so that it too is cut short.
  writeHead(response, reply, Math.max(1, bytes.length))
  const cut = () => {
    const { socket } = response
    if (socket !== null && 'resetAndDestroy' in socket) socket.resetAndDestroy()
    else response.destroy()
  }
  const half = bytes.subarray(0, Math.floor(bytes.length / 2))
  if (half.length === 0) {
    response.flushHeaders()
    setImmediate(cut)
  } else response.write(half, cut)
}

/** A body that comes bit by bit; whoever reads slowly makes it wait. */
async function stream(response: ServerResponse, reply: StreamedReply, isHead: boolean, { signal }: Pick<Call, 'signal'>): Promise<void> {
  writeHead(response, reply, null)
  response.flushHeaders()
  if (isHead) {
    response.end()
    return
  }
  const pieces = reply.body[Symbol.asyncIterator]()
  // Not a promise that is raced again and again: it would keep every piece that was ever sent for as long as somebody reads.
  let leave: () => void = () => {}
  const leaving = () => {
    leave()
  }
  signal.addEventListener('abort', leaving, { once: true })
  const unlessGone = <T>(promise: Promise<T>) => new Promise<T | null>((resolve, reject) => {
    leave = () => {
      resolve(null)
    }
    if (signal.aborted) leave()
    promise.then(resolve, reject)
  })
  try {
    for (;;) {
      const next = await unlessGone(pieces.next())
      if (next === null || next.done === true) break
      if (!response.write(next.value)) await unlessGone(new Promise((resolve) => response.once('drain', resolve)))
    }
    response.end()
  } catch {
    response.destroy()
  } finally {
    signal.removeEventListener('abort', leaving)
    void pieces.return?.()
  }
}
