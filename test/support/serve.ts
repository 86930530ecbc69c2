/** A stub for tests: behind real HTTP on a free port, or behind a function, a fresh sandbox for each story, and no answer that breaks the contract goes unnoticed. */
import { afterAll, expect } from 'vitest'
import { Box as PublicBox } from '../../src/client/box.js'
import type { Stub } from '../../src/client/stub.js'
import type { System } from '../../src/core/system.js'
import type { StubOptions } from '../../src/stub.js'
import { host } from './host.js'
import { appointJudge } from './judge.js'

/** What a call came back with. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; null where it is none. */
  readonly json: Record<string, unknown> | null
}

export interface Call {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON with its content type, URLSearchParams as a form, a text as it is. */
  readonly body?: object | string
}

/** A sandbox as a story uses it: the one that everybody gets, and calls as a client makes them that knows no types. */
export type Box = PublicBox & {
  /** Where calls begin: the base URL of the system that is served, or of the sandbox where there are several. */
  readonly url: string
  call(path: string, call?: Call): Promise<Answer>
}

/** @returns a sandbox of the stub, which comes into being when it is first used */
export function boxOf(stub: Pick<Stub, 'url' | 'control' | 'systems' | 'fetch'>, name: string, below = ''): Box {
  const box = new PublicBox({ name, url: stub.url, control: stub.control, systems: stub.systems, reaching: stub.fetch })
  const url = `${stub.url}/@${name}${below}`
  return Object.assign(box, { url, call: (path: string, call?: Call) => send(`${url}${path}`, call) })
}

/** Serves one system until the test file ends. */
export async function serve(system: System, options: Omit<StubOptions, 'systems'> = {}) {
  const problems: string[] = []
  const stub = await host({ systems: [system], report: (problem) => problems.push(problem), ...options })
  const judge = await appointJudge(system, stub)
  let boxes = 0
  afterAll(async () => {
    await judge?.close()
    await stub.close()
    expect(problems).toEqual([])
  })

  /** @returns a sandbox that nobody has used, its clock standing still */
  async function box(): Promise<Box> {
    const fresh = boxOf(stub, `box-${String(++boxes)}`, `/${system.id}`)
    await fresh.clock.freeze()
    return judge === null ? fresh : Object.assign(fresh, { call: (path: string, call?: Call) => judge.call(fresh, path, call) })
  }

  return { box, stub, problems }
}

/** Sends a request over HTTP. */
export async function send(url: string, { method = 'GET', headers = {}, body }: Call = {}): Promise<Answer> {
  const json = typeof body === 'object' && !(body instanceof URLSearchParams) && !(body instanceof FormData)
  const response = await fetch(url, {
    method,
    headers: { ...(json ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : (body) }), // what is no plain object is one of fetch's own types
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parse(text) }
}

function parse(text: string): Answer['json'] {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null // just looked
  } catch {
    return null
  }
}
