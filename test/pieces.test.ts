import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { inPieces, PieceByPiece } from '../src/hosts/undici/pieces.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()
const SENT = 256 * 1024
const PIECE = 8 * 1024
/** Real milliseconds, longer than is read on end. */
const LONG = 15

/** A connection on which so many bytes come, and then its end. */
async function pouring(): Promise<Socket> {
  const server = createServer((socket) => void socket.end(Buffer.alloc(SENT, 'x')))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return connect((server.address() as AddressInfo).port, '127.0.0.1') // it listens on TCP
}

/** Each piece in the turn of the loop in which it was read; each takes long. */
function readers(taken: (piece: Buffer) => void): Readonly<Record<string, (socket: Socket) => Duplex>> {
  return {
    'who reads when there is something': (socket) => {
      const read = inPieces(socket)
      return read.on('readable', () => {
        for (let piece: unknown = read.read(); piece instanceof Buffer; piece = read.read()) taken(piece)
      })
    },
    'who takes what comes': (socket) => new PieceByPiece(socket).on('data', taken),
  }
}

test.each(Object.keys(readers(() => undefined)))('of what a backend pours, %s has a piece in each turn of the loop, and all of it at the end', async (reader) => {
  const turns: number[] = []
  const lengths: number[] = []
  let [turn, isOver] = [0, false]
  const count = () => {
    turn++
    if (!isOver) setImmediate(count)
  }
  count()
  const stream = readers((piece) => {
    turns.push(turn)
    lengths.push(piece.length)
    for (const begun = performance.now(); performance.now() - begun < LONG; ) continue
  })[reader]?.(await pouring())
  await new Promise((resolve) => stream?.on('close', resolve))
  isOver = true
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(SENT)
  expect(Math.max(...lengths)).toBe(PIECE)
  expect(new Set(turns).size).toBe(turns.length)
})
