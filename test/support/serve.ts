/** A stage for tests: behind real HTTP on a free port, or behind a function, a fresh sandbox for each story, and no answer that breaks the contract goes unnoticed. */
import { afterAll, expect } from 'vitest'
import { addDuration, parseDuration } from '../../src/core/duration.js'
import { freezeClock, setClock } from '../../src/core/clock.js'
import type { ControlState, Sandbox, SystemControl } from '../../src/core/sandbox.js'
import type { System } from '../../src/core/system.js'
import type { ServerOptions } from '../../src/server.js'
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

/** One sandbox of the server as a test uses it. */
export interface Box {
  /** Base URL of the system in this sandbox. */
  readonly url: string
  call(path: string, call?: Call): Promise<Answer>
  /** Moves the sandbox's clock, which stands still otherwise: `PT10M`. */
  advance(duration: string): Promise<void>
  change(change: (state: ControlState) => ControlState): Promise<void>
  /** Changes what the control plane has set for the system. */
  set(patch: Partial<SystemControl>): Promise<void>
  now(): Promise<number>
  /** The sandbox itself: its store and its journal. */
  readonly sandbox: Sandbox
}

/** Serves one system until the test file ends. */
export async function serve(system: System, options: Partial<ServerOptions> = {}) {
  const problems: string[] = []
  const server = await host({ systems: [system], report: (problem) => problems.push(problem), ...options })
  const judge = await appointJudge(system, server)
  let boxes = 0
  afterAll(async () => {
    await judge?.close()
    await server.close()
    expect(problems).toEqual([])
  })

  /** @returns a sandbox that nobody has used, its clock standing still */
  async function box(): Promise<Box> {
    const name = `box-${String(++boxes)}`
    const sandbox = server.sandboxes.open(name)
    const change = async (with_: (state: ControlState) => ControlState) => {
      await sandbox.control.change(with_)
    }
    await change((state) => ({ ...state, clock: freezeClock(state.clock, sandbox.real) }))
    const url = `${server.url}/@${name}/${system.id}`
    return {
      url,
      sandbox,
      change,
      set: (patch) => change((state) => ({ ...state, systems: { ...state.systems, [system.id]: { ...controlOf(state, system), ...patch } } })),
      call: (path, call) => judge?.call(sandbox, name, path, call) ?? send(`${url}${path}`, call),
      now: async () => sandbox.now(await sandbox.control.read()),
      advance: (text) => {
        const duration = parseDuration(text)
        if (duration === null) throw new Error(`${text} is no duration`)
        return change((state) => ({ ...state, clock: setClock(state.clock, sandbox.real, addDuration(sandbox.now(state), duration)) }))
      },
    }
  }

  return { box, server, problems }
}

function controlOf(state: ControlState, { id }: System): SystemControl {
  const control = state.systems[id]
  if (control === undefined) throw new Error(`${id} is not served`)
  return control
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
