/** A server for tests of the control plane: real HTTP, a fresh sandbox for each story, and every answer held against control.yaml. */
import { readFileSync } from 'node:fs'
import { afterAll, expect } from 'vitest'
import { contract } from '../../src/generated/control/contract.js'
import { Failure } from '../../src/core/failure.js'
import { compileRouter } from '../../src/core/pipeline/router.js'
import { type ServerOptions, startServer } from '../../src/server.js'
import { loadSystems } from '../../src/systems/load.js'
import { type Answer, type Call, send } from './serve.js'

type Responses = Readonly<Record<string, unknown>>
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Responses } | undefined>>>> }

const document = JSON.parse(readFileSync(new URL('../../openapi/bundled/control.json', import.meta.url), 'utf8')) as Document // the generator's own file
const route = compileRouter(contract)

/** What control calls are made with. */
export interface Admin {
  (method: string, path: string, body?: unknown, call?: Call): Promise<Answer>
}

export interface ControlBox {
  readonly name: string
  /** A call of the control plane, below this sandbox. */
  readonly admin: Admin
  /** A call of a system in this sandbox. */
  app(path: string, call?: Call): Promise<Answer>
  /** Adds a fault rule and gives its id. */
  fault(fault: object, rule?: object): Promise<string>
}

/** Serves some systems until the test file ends. `problems` collects what the server reports; a test that wants some takes them out. */
export async function serveControl(ids: readonly string[], options: Partial<ServerOptions> = {}) {
  const problems: string[] = []
  const server = await startServer({ systems: await loadSystems([...ids]), report: (problem) => problems.push(problem), ...options })
  let boxes = 0
  afterAll(async () => {
    await server.close()
    expect(problems).toEqual([])
  })

  const admin: Admin = async (method, path, body, call = {}) => {
    const answer = await send(`${server.url}/__admin${path}`, { method, ...call, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'content-type': 'application/json', ...call.headers } }) })
    hold(method, path, answer)
    return answer
  }

  function box(name = `test-${String(++boxes)}`): ControlBox {
    const below: Admin = (method, path, body, call) => admin(method, `/sandboxes/${name}${path}`, body, call)
    return {
      name,
      admin: below,
      app: (path, call) => send(`${server.url}/@${name}${path}`, call),
      fault: async (fault, rule = {}) => {
        const added = await below('POST', '/faults', { fault, ...rule })
        expect(added.status, added.text).toBe(201)
        return String(added.json?.['id'])
      },
    }
  }

  return { server, admin, box, problems }
}

/** Every answer is one that the contract lists for the operation, and every failure is a problem that says something. */
function hold(method: string, path: string, { status, headers, json, text }: Answer): void {
  expect(status, text).toBeLessThan(500)
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

/** @returns the kind of problem that an answer reports, null when it is none */
export function kindOf({ json }: Answer): string | null {
  const type = json?.['type']
  return typeof type === 'string' ? type.replace(/^urn:understudy:problem:/, '') : null
}

/** @returns what stands at a place of the answer's body: `sessions.0.state` */
export function at({ json }: Answer, place: string): unknown {
  let value: unknown = json
  for (const step of place.split('.')) value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined // of an object any key may be read
  return value
}
