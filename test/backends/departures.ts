/** Twelve ways in which a real backend is not what its document says, or is not there. */
import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { type Answered, write } from './backend.js'

export type DepartureKind =
  /** A code that stands in no table. */
  | 'wrongCode'
  /** The last field of the payload is not there. */
  | 'missingField'
  /** The first number of the payload is a text. */
  | 'numberAsText'
  /** An unknown path is a success of HTTP. */
  | 'foundNothing'
  /** The same answer in somebody else's envelope. */
  | 'otherEnvelope'
  /** A page in place of an answer. */
  | 'htmlPage'
  /** Nothing for a while, then the answer. */
  | 'slow'
  /** The connection closes without an answer. */
  | 'dropped'
  /** The right answer, compressed. No departure: it must pass. */
  | 'gzip'
  /** The answer is elsewhere. */
  | 'redirect'
  /** Chunks that never end. */
  | 'endless'
  /** JSON that calls itself plain text. */
  | 'wrongContentType'

export interface Departure {
  readonly kind: DepartureKind
  /** The end of the paths that it is about. */
  readonly at: string
}

/** Real milliseconds that a slow answer takes. */
const SLOW = 1500
const NOBODYS_CODE = 77_777
const CODES = ['code', 'status', 'error_no']

/** Puts the answer on the wire as the departure has it. */
export function depart(kind: DepartureKind, answer: Answered, response: ServerResponse): void {
  switch (kind) {
    case 'wrongCode':
      write(response, { ...answer, json: withCode(answer.json) })
      return
    case 'missingField':
      write(response, { ...answer, json: changeLast(answer.json, () => undefined) })
      return
    case 'numberAsText':
      write(response, { ...answer, json: numbersAsTexts(answer.json, true) })
      return
    case 'foundNothing':
      write(response, { ...answer, status: 200 })
      return
    case 'otherEnvelope':
      write(response, { ...answer, json: { success: true, result: answer.json } })
      return
    case 'htmlPage':
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html><body><h1>502 Bad Gateway</h1></body></html>')
      return
    case 'slow':
      setTimeout(() => {
        write(response, answer)
      }, SLOW)
      return
    case 'dropped':
      response.destroy()
      return
    case 'gzip': {
      const body = gzipSync(JSON.stringify(answer.json))
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers, 'content-encoding': 'gzip', 'content-length': body.length }).end(body)
      return
    }
    case 'redirect':
      response.writeHead(302, { location: '/elsewhere?from=here' }).end()
      return
    case 'endless': {
      response.writeHead(200, { 'content-type': 'application/json' })
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(16_384)));
      }
      response.on('drain', more)
      more()
      return
    }
    case 'wrongContentType':
      write(response, { ...answer, headers: { ...answer.headers, 'content-type': 'text/plain' } })
  }
}

function withCode(json: unknown): unknown {
  return isRecord(json) ? Object.fromEntries(Object.entries(json).map(([name, value]) => [name, CODES.includes(name) ? NOBODYS_CODE : value])) : json
}

/** Changes the last field, of the innermost last object. */
function changeLast(json: unknown, change: (value: unknown) => unknown): unknown {
  if (Array.isArray(json)) return json.map((item: unknown) => changeLast(item, change))
  if (!isRecord(json)) return json
  const entries = Object.entries(json)
  const inner = entries.findLast(([, value]) => isRecord(value) || (Array.isArray(value) && value.some(isRecord)))
  const last = inner ?? entries.at(-1)
  return Object.fromEntries(entries.map(([name, value]) => [name, name !== last?.[0] ? value : inner === undefined ? change(value) : changeLast(value, change)]))
}

function numbersAsTexts(json: unknown, isOutermost: boolean): unknown {
  if (Array.isArray(json)) return json.map((item: unknown) => numbersAsTexts(item, false))
  if (!isRecord(json)) return json
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, typeof value === 'number' && !(isOutermost && CODES.includes(name)) ? String(value) : numbersAsTexts(value, false)]))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
