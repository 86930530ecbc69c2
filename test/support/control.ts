/** A server for tests of the control plane: real HTTP, a fresh sandbox for each story, and every answer held against control.yaml. */
import { afterAll, expect } from 'vitest'
import { openControl } from '../../src/client/control.js'
import { type ServerOptions, startServer } from '../../src/server.js'
import { loadSystems } from '../../src/systems/load.js'
import { type Admin, adminOf, type Answer, type Box, boxOf } from './box.js'

export type { Admin, Box }

/** Serves some systems until the test file ends. `problems` collects what the server reports; a test that wants some takes them out. */
export async function serveControl(ids: readonly string[], options: Partial<ServerOptions> = {}) {
  const problems: string[] = []
  const server = await startServer({ systems: await loadSystems([...ids]), report: (problem) => problems.push(problem), ...options })
  let boxes = 0
  afterAll(async () => {
    await server.close()
    expect(problems).toEqual([])
  })

  const stub = { url: server.url, control: openControl(server.url, server.adminToken ?? undefined), systems: ids, fetch: globalThis.fetch }

  /** @returns a sandbox with calls to all the systems in it: `/live/auth/code` */
  const box = (name = `test-${String(++boxes)}`): Box => boxOf(stub, name)

  return { server, admin: adminOf(server.url), box, problems }
}

/** Adds a fault rule and gives its id. */
export async function addFault({ admin }: Box, fault: object, rule: object = {}): Promise<string> {
  const added = await admin('POST', '/faults', { fault, ...rule })
  expect(added.status, added.text).toBe(201)
  return String(added.json?.['id'])
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
