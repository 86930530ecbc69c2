/** Reads the JSON body of a control call. */
import type { Request } from 'express'
import type { Match } from '../core/pipeline/router.js'
import { refusal } from './refusal.js'

type Body = Readonly<Record<string, unknown>>

const MIB = 1024 * 1024
const MOST = MIB
/** Snapshots carry whole worlds of changes. */
const MOST_WITH_SNAPSHOT = 64 * MIB
const WITH_SNAPSHOT = ['putSnapshot', 'createSandbox']

/**
 * @returns the fields of the body; none where the operation takes no body or there is none
 * @throws Refusal when it is too large, of another type, or no JSON object
 */
export async function readBody({ operation, row }: Match, request: Request): Promise<Body> {
  if (row.body === null) return {}
  const bytes = await readBytes(request, WITH_SNAPSHOT.includes(operation) ? MOST_WITH_SNAPSHOT : MOST)
  if (bytes.length === 0) return {}
  const [type = ''] = (request.headers['content-type'] ?? '').split(';')
  if (type.trim().toLowerCase() !== row.body) {
    throw refusal(415, 'unsupported-media-type', `Send the body as JSON with the header "Content-Type: ${row.body}".`)
  }
  return parse(bytes)
}

async function readBytes(request: Request, most: number): Promise<Buffer> {
  const tooLarge = () => refusal(413, 'body-too-large', `The body is larger than ${String(most)} bytes, which is the most that this operation takes.`)
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge()
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > most) break
      chunks.push(chunk)
    }
  } catch {
    throw refusal(400, 'invalid-request', 'The body broke off before its end.')
  }
  if (length > most) throw tooLarge()
  return Buffer.concat(chunks)
}

function parse(bytes: Buffer): Body {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw refusal(400, 'invalid-request', `The body is no JSON: ${error instanceof Error ? error.message : String(error)}.`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refusal(400, 'invalid-request', 'The body must be a JSON object.')
  return value as Body // an object that JSON.parse made has text keys only
}
