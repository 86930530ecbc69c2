/** A stub in this process. */
import { open, type Stub } from './client/stub.js'
import type { SystemId } from './client/contracts.js'
import { refuseUnknownOptions } from './core/guess.js'
import type { System } from './core/system.js'
import { type ServerOptions, startServer } from './server.js'
import { loadSystems } from './systems/load.js'

export interface StubOptions extends Omit<ServerOptions, 'systems' | 'admin'> {
  /** The systems to play, by id or made with `defineSystem`; all that the package has when left out. */
  readonly systems?: readonly (SystemId | System)[]
}

/** All options by name; the compiler asks for those that are new. */
const OPTIONS = {
  systems: true, port: true, host: true, seed: true, time: true, fixtures: true, scale: true, journal: true, maxSandboxes: true, sockets: true, adminToken: true,
  prefer: true, engine: true, report: true,
} as const satisfies Record<keyof StubOptions, true>

/** The names of the options of {@link createStub}. */
export const stubOptionNames: readonly string[] = Object.keys(OPTIONS)

/**
 * Starts a stub on a free port, unless one is given, and hands back the client that drives it.
 * @throws TypeError when an option is unknown; Error when a system is unknown or the port is taken
 */
export async function createStub(given: StubOptions = {}): Promise<Stub> {
  refuseUnknownOptions('createStub', given, stubOptionNames)
  const { systems = [], ...options } = given
  const server = await startServer({ ...options, systems: await load(systems) })
  return open(server.url, server.adminToken ?? undefined, () => server.close())
}

async function load(wanted: readonly (SystemId | System)[]): Promise<System[]> {
  if (wanted.length === 0) return loadSystems([])
  const systems: System[] = []
  for (const system of wanted) systems.push(...(typeof system === 'string' ? await loadSystems([system]) : [system]))
  return systems
}
