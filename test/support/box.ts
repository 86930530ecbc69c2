/** A sandbox as stories use it, and what its calls come back with. */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { Box as PublicBox } from '../../src/client/box.js'
import type { Stub } from '../../src/client/stub.js'
import { Failure } from '../../src/core/failure.js'
import { compileRouter } from '../../src/core/pipeline/router.js'
import { contract } from '../../src/generated/control/contract.js'
import '../../src/testing/vitest.js'

type Responses = Readonly<Record<string, unknown>>
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Responses } | undefined>>>> }

const document = JSON.parse(readFileSync(new URL('../../openapi/bundled/control.json', import.meta.url), 'utf8')) as Document // the generator's own file
const route = compileRouter(contract)

/** What a call came back with. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; null where it is none. */
  readonly json: Record<string, unknown> | null
  /** The same as a client of openapi-fetch hands it out: what `toFailWith` takes. */
  readonly response: Response
  readonly data: unknown
}

export interface Call {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON with its content type, URLSearchParams as a form, a text as it is. */
  readonly body?: object | string
}

/** A call of the control plane, as it goes over the wire. A text is sent as it is, anything else as JSON. */
export type Admin = (method: string, path: string, body?: unknown, call?: Call) => Promise<Answer>

/** A sandbox as a story uses it: the one that everybody gets, and calls as a client makes them that knows no types. */
export type Box = PublicBox & {
  /** Where calls begin: the base URL of the system that is served, or of the sandbox where there are several. */
  readonly url: string
  call(path: string, call?: Call): Promise<Answer>
  /** Calls of the control plane below this sandbox; every answer is held against control.yaml. */
  readonly admin: Admin
}

/** @returns a sandbox of the stub, which comes into being when it is first used */
export function boxOf(stub: Pick<Stub, 'url' | 'control' | 'systems' | 'fetch'>, name: string, below = ''): Box {
  const box = new PublicBox({ name, url: stub.url, control: stub.control, systems: stub.systems, reaching: stub.fetch })
  const url = `${stub.url}/@${name}${below}`
  const admin = adminOf(stub.url)
  return Object.assign(box, {
    url,
    call: (path: string, call?: Call) => send(`${url}${path}`, call),
    admin: ((method, path, body, call) => admin(method, `/sandboxes/${name}${path}`, body, call)) satisfies Admin,
  })
}

/** @returns calls of the control plane of the stub at this URL; every answer is held against control.yaml */
export function adminOf(url: string): Admin {
  return async (method, path, body, call = {}) => {
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'content-type': 'application/json', ...call.headers } }
    const answer = await send(`${url}/__admin${path}`, { method, ...call, ...sent })
    hold(method, path, answer)
    return answer
  }
}

/** Every answer is one that the contract lists for the operation, and every failure is a problem that says something. */
function hold(method: string, path: string, { status, headers, json, text }: Answer): void {
  // 507: there is no more room, which is for a test to expect.
  if (status !== 507) expect(status, text).toBeLessThan(500)
  const operation = find(method, path)
  if (operation !== null) expect(Object.keys(operation), `${method} ${path} answered ${String(status)}: ${text}`).toContain(String(status))
  expect(headers.get('understudy-violation'), text).toBeNull()
  if (status < 400) return
  expect(headers.get('content-type'), text).toBe('application/problem+json; charset=utf-8')
  expect(json).toMatchObject({ status, type: expect.stringMatching(/^urn:understudy:problem:[a-z-]+$/) as unknown, title: expect.any(String) as unknown, detail: expect.stringMatching(/.{20}/s) as unknown })
}

function find(method: string, path: string): Responses | null {
  const match = route(method, path.split('?')[0] ?? '', () => undefined)
  return match instanceof Failure ? null : (document.paths[match.row.path]?.[match.row.method.toLowerCase()]?.responses ?? null)
}

/** Sends a request over HTTP. */
export async function send(url: string, { method = 'GET', headers = {}, body }: Call = {}): Promise<Answer> {
  const isPlain = typeof body === 'object' && !(body instanceof URLSearchParams) && !(body instanceof FormData)
  const response = await fetch(url, {
    method,
    headers: { ...(isPlain ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body === undefined ? {} : { body: isPlain ? JSON.stringify(body) : body }), // what is no plain object is one of fetch's own types
  })
  const text = await response.text()
  const json = parse(text)
  return { status: response.status, headers: response.headers, text, json, response, data: json ?? text }
}

function parse(text: string): Answer['json'] {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null // just looked
  } catch {
    return null
  }
}
