/** The fault `reset`: the connection is reset in the middle of the answer's body. */
import { bytesOf, type Delivery, writeHead } from './delivery.js'

export const reset: Delivery = (response, reply, method) => {
  const bytes = bytesOf(reply, method)
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
