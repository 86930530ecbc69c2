/** Connections of the push channel for transcripts: everything that comes is written down, in order. */
import { WebSocket } from 'ws'
import { inShort, type Transcript } from './transcript.js'

const HEARTBEAT = JSON.stringify({ status: 1, pushId: '', message: '' })
/** What a started connection answers to a heartbeat, and what it answers while nothing goes. */
const ANSWERS: readonly unknown[] = ['', 'network error']

/** One end of a connection. */
export class Line {
  readonly name: string
  readonly #socket: WebSocket
  readonly #came: string[] = []
  #isOpen = true
  #wake: () => void = () => undefined

  constructor(name: string, url: string, headers: Readonly<Record<string, string>>) {
    this.name = name
    this.#socket = new WebSocket(url, { headers })
    const note = (text: string) => {
      this.#came.push(text)
      this.#wake()
    }
    const end = (text: string) => {
      this.#isOpen = false
      note(text)
    }
    this.#socket.on('open', () => { note('(open)') })
    this.#socket.on('message', (data: Buffer) => { note(data.toString()) })
    this.#socket.on('close', (code, reason) => { end(`(closed ${String(code)} ${reason.toString()})`) })
    this.#socket.on('unexpected-response', (_request, answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece))
      answer.on('end', () => { end(`(refused ${String(answer.statusCode)} ${String(answer.headers['content-type'])} ${Buffer.concat(pieces).toString()})`) })
    })
    this.#socket.on('error', (error) => { if (!('code' in error)) note(`(error ${error.message})`) })
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  send(packet: string | Uint8Array): void {
    if (this.#isOpen) this.#socket.send(packet)
  }

  /** @returns what came next; null where nothing more can come */
  async next(): Promise<string | null> {
    while (this.#came.length === 0) {
      if (!this.#isOpen) return null
      await new Promise<void>((resolve) => { this.#wake = resolve })
    }
    return this.#came.shift() ?? null
  }

  /** @returns all that has come of what was done before: what stands before the answer to a heartbeat */
  async rest(): Promise<string[]> {
    this.send(HEARTBEAT)
    const came: string[] = []
    for (let text = await this.next(); text !== null; text = await this.next()) {
      if (isAnswer(text)) break
      came.push(text)
    }
    return came
  }

  /** Hangs up, and waits until that has been heard. */
  async close(code?: number, reason?: string): Promise<string[]> {
    if (this.#isOpen) this.#socket.close(code, reason)
    const came: string[] = []
    for (let text = await this.next(); text !== null; text = await this.next()) came.push(text)
    return came
  }
}

function isAnswer(text: string): boolean {
  try {
    return ANSWERS.includes((JSON.parse(text) as { readonly message?: unknown }).message)
  } catch {
    return false
  }
}

/** Some connections at once. */
export class Lines {
  readonly #transcript: Transcript
  readonly #url: string
  readonly #started = new Set<Line>()

  /** @param url where the channel is, of one sandbox */
  constructor(transcript: Transcript, url: string) {
    this.#transcript = transcript
    this.#url = url
  }

  /** Opens one, and writes down what comes of it: that it is open, or the refusal, or how it is closed at once. */
  async open(name: string, headers: Readonly<Record<string, string>>, isLet = true, below = ''): Promise<Line> {
    const line = new Line(name, `${this.#url}${below}`, headers)
    const came = [await line.next()]
    if (!isLet) came.push(await line.next(), await line.next())
    this.#write(`${name} opens`, [], line, came)
    return line
  }

  /** Sends a packet that has one answer, or ends the connection, and writes down what all who have started hear of it. */
  async say(line: Line, packet: string | Uint8Array): Promise<void> {
    line.send(packet)
    const first = await line.next()
    if (first?.includes('"message":"ok"') === true) this.#started.add(line)
    this.#write(`${line.name} says`, [`> ${inShort(typeof packet === 'string' ? packet : `(${String(packet.length)} bytes)`)}`], line, [first])
    await this.hear(`what ${line.name} said`)
  }

  /** Writes down what all who have started have heard since. */
  async hear(what: string): Promise<void> {
    for (const line of this.#started) {
      const came = await line.rest()
      if (came.length > 0) this.#write(`${line.name} hears of ${what}`, [], line, came)
      if (!line.isOpen) this.#started.delete(line)
    }
  }

  /** Hangs up. */
  async close(line: Line, code?: number, reason?: string): Promise<void> {
    this.#started.delete(line)
    this.#write(`${line.name} hangs up`, [], line, await line.close(code, reason))
  }

  #write(title: string, sent: readonly string[], line: Line, came: readonly (string | null)[]): void {
    this.#transcript.add(title, ...sent, ...came.flatMap((text) => (text === null ? [] : [`< ${inShort(text, 600)}`])), ...(line.isOpen ? [] : ['(it is closed)']))
  }
}
