/**
 * What backends send by HTTP/1.1 and on WebSockets is read in small pieces, and by all connections together for a few milliseconds in each turn of Node's loop: however much comes over
 * however many of them, others are answered in between. Left to itself Node reads up to two megabytes of each connection in one go.
 */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { stopwatch } from '../../core/clock.js'

/** Bytes of one piece: of the smallest things that may be in it (empty frames, headers of two letters) so many are some milliseconds of work. */
const PIECE = 8 * 1024
/** Real milliseconds of a turn in which further pieces are read. */
const READING = 5

/** As it was when this was loaded: a test that fakes timers must not hold up a stub in its process. */
const soon = setImmediate

/** All who read, whichever stub of the process they belong to: the loop is one for all of them. */
class Readers {
  /** The time since the first of them began to read in this turn; null where none has. */
  #elapsed: (() => number) | null = null
  readonly #waiting: (() => void)[] = []
  #isTold = false

  get hasTime(): boolean {
    this.#elapsed ??= this.#begin()
    return this.#elapsed() < READING
  }

  /** Tells when there is time again; who came first is told first, and what he reads is worked off before the next one is. */
  wait(tell: () => void): void {
    this.#waiting.push(tell)
    soon(this.#tell)
  }

  readonly #tell = () => {
    // What was read by others who have not waited does not count: they may be there in every turn.
    if (!this.#isTold) {
      this.#isTold = true
      this.#elapsed = this.#begin()
      soon(() => (this.#isTold = false))
    }
    if (this.hasTime) this.#waiting.shift()?.()
    else soon(this.#tell)
  }

  #begin(): () => number {
    soon(() => (this.#elapsed = null))
    return stopwatch()
  }
}

const readers = new Readers()

/** @returns the socket, of which whoever reads it when it is readable has one piece after another, each in its turn */
export function inPieces<S extends Socket>(socket: S): S {
  const read = socket.read.bind(socket)
  let isWaiting = false
  const goOn = () => {
    isWaiting = false
    socket.emit('readable')
  }
  socket.read = (size?: number): unknown => {
    // The stream asks for 0 to have something come.
    if (size !== undefined) return read(size)
    if (isWaiting || socket.destroyed) return null
    if (readers.hasTime) return socket.readableLength > PIECE ? read(PIECE) : read()
    isWaiting = true
    readers.wait(goOn)
    return null
  }
  return socket
}

/** A socket that is read in pieces by whoever takes all that comes, as clients of WebSockets do. */
export class PieceByPiece extends Duplex {
  readonly #socket: Socket
  #isWanted = false

  constructor(socket: Socket) {
    super({ allowHalfOpen: false })
    this.#socket = inPieces(socket)
    socket.on('readable', this.#pass)
    socket.on('error', (error) => this.destroy(error))
    let isWhole = false
    socket.on('end', () => {
      isWhole = true
      this.push(null)
    })
    socket.on('close', () => {
      // What has come is still to be taken.
      if (!isWhole) this.destroy()
    })
  }

  override _read(): void {
    this.#isWanted = true
    this.#pass()
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done)
  }

  override _writev(chunks: readonly { readonly chunk: Uint8Array }[], done: (error?: Error | null) => void): void {
    this.#socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done)
  }

  override _final(done: () => void): void {
    if (this.#socket.destroyed) done()
    else this.#socket.end(() => { done() })
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }

  readonly #pass = () => {
    while (this.#isWanted) {
      const piece: unknown = this.#socket.read()
      if (!(piece instanceof Uint8Array)) return
      this.#isWanted = this.push(piece)
    }
  }
}
