/** What is left of a body that nobody read to its end, when its answer goes out. Some clients listen only after they have spoken. */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** So many bytes of a body are read for nothing but politeness; whoever sends more is cut off, some time after the answer. */
export const MOST_LEFT = 32 * 1024 * 1024
/** Real milliseconds that a client may be silent before it is not read any longer. */
const PATIENCE = 5000

/**
 * Reads what is left and drops it, so that the answer arrives and the connection can be used again. Where that is too much, the answer
 * says `Connection: close`, and the connection is closed as HTTP has it (RFC 9112, section 9.6): first this side, then, when the client
 * has heard that or goes on for too long, all of it. Closed at once, it would take the answer with it.
 * @param request not read to its end
 * @param response nothing of it may have been sent
 */
export function readRest(request: IncomingMessage, response: ServerResponse): void {
  if (request.destroyed) return
  const { socket } = request
  const cut = () => {
    socket.destroy()
  }
  let length = 0
  let silence: NodeJS.Timeout | undefined
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > MOST_LEFT) cut()
    else silence?.refresh()
  })
  request.once('close', () => {
    clearTimeout(silence)
  })
  // An answer that is slow on purpose is not hurried.
  response.once('finish', () => {
    if (!request.complete && !request.destroyed) silence = setTimeout(cut, PATIENCE)
  })
  request.resume()
  if (Number(request.headers['content-length'] ?? 0) <= MOST_LEFT) return
  response.shouldKeepAlive = false
  // What Node does when the last answer of a connection is out: it closes both sides.
  socket.destroySoon = () => {
    socket.end()
  }
}
