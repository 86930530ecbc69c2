/** The fault `slow`: the answer's body trickles in small pieces. */
import { pause } from '../clock.js'
import { bytesOf, type Delivery, writeHead } from './delivery.js'
import type { SlowFault } from './rule.js'

/** @returns the delivery that takes `milliseconds` for the body */
export function slowly({ milliseconds, chunks = 10 }: SlowFault): Delivery {
  return async (response, reply, method) => {
    const bytes = bytesOf(reply, method)
    const gone = new AbortController()
    response.once('close', () => {
      gone.abort()
    })
    writeHead(response, reply, bytes.length)
    response.flushHeaders()
    const size = Math.max(1, Math.ceil(bytes.length / chunks))
    const pieces = Math.max(1, Math.ceil(bytes.length / size))
    for (let piece = 0; piece < pieces; piece++) {
      await pause(milliseconds / pieces, gone.signal)
      if (gone.signal.aborted) return
      response.write(bytes.subarray(piece * size, (piece + 1) * size))
    }
    response.end()
  }
}
