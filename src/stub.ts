/** A stub in this process. */
import { open, Stub, type StubParts } from './client/stub.js'
import { fetchFrom } from './hosts/fetch/host.js'
import { handlerOf, type NodeHandler } from './hosts/node/handler.js'
import { type ServerOptions, startServer } from './server.js'
import { openStage } from './stage.js'
import { readStubOptions, type StubOptions } from './stub-options.js'
import { loadSystems } from './systems/load.js'

export type { StubOptions }

/** Where a stub stands that nobody can reach from outside. Names below `localhost` never leave the machine (RFC 6761). */
const NOWHERE = 'http://understudy.localhost'

/** A stub of this process that has no port. */
export class LocalStub extends Stub {
  /**
   * Answers requests in a server of yours: `createServer(stub.handler)`, or `app.use('/backend', stub.handler)` in front of any body parser.
   * WebSockets need a port.
   */
  readonly handler: NodeHandler

  /** Use `createStub({ listen: false })`. */
  constructor(parts: StubParts, handler: NodeHandler) {
    super(parts)
    this.handler = handler
  }
}

/**
 * Starts a stub on a free port, unless one is given, or without any, and hands back the client that drives it.
 * @throws TypeError when an option is unknown or cannot be what it is; Error when a system is unknown or the port is taken
 */
export async function createStub(given: StubOptions & { readonly listen: false }): Promise<LocalStub>
export async function createStub(given?: StubOptions): Promise<Stub>
export async function createStub(given: StubOptions = {}): Promise<Stub> {
  const { systems = [], listen = true, mountedAt = NOWHERE, ...options } = readStubOptions(given)
  const loaded = { ...options, systems: await loadSystems(systems) }
  if (!listen) return withoutPort(loaded, mountedAt)
  const server = await startServer(loaded)
  return new Stub(await open(server.url, server.adminToken ?? undefined, () => server.close()))
}

async function withoutPort(options: ServerOptions, url: string): Promise<LocalStub> {
  const { stage, options: { engine, report } } = await openStage(options)
  const close = async () => {
    await stage.close()
    await engine.stop()
  }
  return new LocalStub(await open(url, undefined, close, fetchFrom(stage, url)), handlerOf(stage, report))
}
