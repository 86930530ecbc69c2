/** Calls for transcripts: over real HTTP, letter by letter as they came. */
import { Agent, request } from 'node:http'
import { hashOf, inShort, type Transcript } from './transcript.js'

/** What is sent. */
export interface Sent {
  readonly method: string
  /** From the first slash on; it is sent as it is. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | null
}

/** What came back: status 0 where there was no answer. */
export interface Came {
  readonly status: number
  /** Names and values in turn, in the order in which they came. */
  readonly headers: readonly string[]
  readonly text: string
}

/** Calls of one server, one after the other. */
export class Caller {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #port: number
  readonly transcript: Transcript

  constructor(transcript: Transcript, url: string) {
    this.transcript = transcript
    this.#port = Number(new URL(url).port)
    transcript.replace(`127.0.0.1:${String(this.#port)}`, '127.0.0.1:PORT')
    transcript.replace(`localhost:${String(this.#port)}`, 'localhost:PORT')
  }

  /** Calls without writing it down. */
  send({ method, path, headers = {}, body = null }: Sent): Promise<Came> {
    return new Promise((resolve) => {
      const broken = (error: Error & { readonly code?: string }) => { resolve({ status: 0, headers: [], text: error.code ?? error.message }) }
      const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const call = request({ agent: this.#agent, host: '127.0.0.1', port: this.#port, method, path, headers: { ...length, ...headers } }, (answer) => {
        const pieces: Buffer[] = []
        answer.on('data', (piece: Buffer) => pieces.push(piece))
        answer.on('error', () => { resolve({ status: answer.statusCode ?? 0, headers: answer.rawHeaders, text: '(cut off)' }) })
        answer.on('end', () => { resolve({ status: answer.statusCode ?? 0, headers: answer.rawHeaders, text: textOf(Buffer.concat(pieces)) }) })
      })
      call.on('error', broken)
      call.end(body ?? undefined)
    })
  }

  /** Calls, and writes down what was sent and what came. */
  async tell(title: string, sent: Sent): Promise<Came> {
    const came = await this.send(sent)
    this.write(title, sent, came)
    return came
  }

  /** Writes down what was sent and what came. */
  write(title: string, sent: Sent, came: Came): void {
    const { transcript } = this
    const { method, path, headers = {}, body = null } = sent
    const given = transcript.once('sent', transcript.plain(Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join(' | ')))
    const length = Buffer.byteLength(came.text)
    // `Date` is Node's own; `date` is the sandbox's clock.
    const pairs = came.headers.flatMap((name, i) => (i % 2 === 1 || name === 'Date' || (name === 'content-length' && came.headers[i + 1] === String(length)) ? [] : [`${name}: ${came.headers[i + 1] ?? ''}`]))
    const answer = transcript.plain(came.text)
    transcript.add(
      title,
      `> ${[method, inShort(path), given].filter((part) => part !== '').join(' ')}`,
      ...(body === null ? [] : [`> ${inShort(typeof body === 'string' ? body : textOf(Buffer.from(body)), 200)}`]),
      `< ${String(came.status)} ${transcript.once('head', transcript.plain(pairs.join(' | ')))}`.trimEnd(),
      ...(answer === '' ? [] : [`< ${inShort(answer)}`]),
    )
  }

  /** Lets go of its connection. */
  close(): void {
    this.#agent.destroy()
  }
}

/** Bytes that are no text are told by their hash. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') ? `(${String(bytes.length)} bytes, ${hashOf(bytes.toString('latin1'))})` : text
}
