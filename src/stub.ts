/** A stub in this process. */
import { open, type Stub } from './client/stub.js'
import type { SystemId } from './client/contracts.js'
import type { System } from './core/system.js'
import { type ServerOptions, startServer } from './server.js'
import { loadSystems } from './systems/load.js'

export interface StubOptions extends Omit<ServerOptions, 'systems' | 'admin'> {
  /** The systems to play, by id or made with `defineSystem`; all that the package has when left out. */
  readonly systems?: readonly (SystemId | System)[]
}

/**
 * Starts a stub on a free port, unless one is given, and hands back the client that drives it.
 * @throws Error when a system is unknown or the port is taken
 */
export async function createStub({ systems = [], ...options }: StubOptions = {}): Promise<Stub> {
  const server = await startServer({ ...options, systems: await load(systems) })
  return open(server.url, server.adminToken ?? undefined, () => server.close())
}

async function load(wanted: readonly (SystemId | System)[]): Promise<System[]> {
  if (wanted.length === 0) return loadSystems([])
  const systems: System[] = []
  for (const system of wanted) systems.push(...(typeof system === 'string' ? await loadSystems([system]) : [system]))
  return systems
}
