/** Calls over HTTP that never throw: an answer, a connection that was cut, or no answer in time. */
import { Agent, type IncomingHttpHeaders, request as httpRequest } from 'node:http'

export type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string; readonly milliseconds: number }
  | { readonly kind: 'cut'; readonly reason: string }
  | { readonly kind: 'hang'; readonly milliseconds: number }

export interface Call {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | null
}

/** Real milliseconds after which a call counts as hanging. */
const PATIENCE = 10_000
/** Bytes of headers that are read: those of a backend grow on their way, by what its cookies are for here. */
const MOST_HEADERS = 64 * 1024
/** So much of an answer is kept; the rest is read and dropped. */
const MOST_TEXT = 1024 * 1024

export type Send = (call: Call, patience?: number) => Promise<Answer>

/** @returns a function that sends to the server at `url`, over at most so many kept connections */
export function sender(url: string, connections = 16): Send {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return ({ method, path, headers = {}, body = null }, patience = PATIENCE) =>
    new Promise((resolve) => {
      const begun = performance.now()
      const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      let request: ReturnType<typeof httpRequest>
      try {
        request = httpRequest(`${url}${path}`, { method, agent, maxHeaderSize: MOST_HEADERS, headers: { ...headers, ...length } })
      } catch (error) {
        resolve({ kind: 'cut', reason: `not sent: ${String(error)}` })
        return
      }
      const timer = setTimeout(() => {
        resolve({ kind: 'hang', milliseconds: patience })
        request.destroy()
      }, patience)
      const end = (answer: Answer) => {
        clearTimeout(timer)
        resolve(answer)
      }
      request.on('response', (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          if (text.length < MOST_TEXT) text += chunk
        })
        response.on('end', () => {
          end({ kind: 'answer', status: response.statusCode ?? 0, headers: response.headers, text, milliseconds: performance.now() - begun })
        })
        response.on('error', (error) => {
          end({ kind: 'cut', reason: error.message })
        })
      })
      request.on('error', (error) => {
        end({ kind: 'cut', reason: error.message })
      })
      request.end(body ?? undefined)
    })
}

/** Runs `work` for 0, 1, 2 … below `count`, so many at a time. */
export async function inParallel(count: number, atOnce: number, work: (turn: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
