/** The server: a stage with its control plane and its reference pages, behind one port. */
import { join } from 'node:path'
import type { RequestHandler } from 'express'
import { machineTime, type TimeSource } from './core/clock.js'
import { secret } from './core/ids.js'
import type { Engine } from './core/engine/engine.js'
import { memoryEngine } from './core/engine/memory/engine.js'
import type { Sandboxes } from './core/sandboxes.js'
import type { Switchboard, SocketLimits } from './core/sockets/switchboard.js'
import { whole } from './core/stage/outcome.js'
import { createStage } from './core/stage/stage.js'
import type { System } from './core/system.js'
import { guard, isLoopbackHost } from './control/safety.js'
import { docsRouter } from './docs/router.js'
import { listenOn } from './hosts/node/server.js'
import { answerConsole, isForConsole } from './pages/console.js'
import { fixturesFolder, openapiFolder } from './paths.js'

export interface ServerOptions {
  /** The systems to serve. */
  readonly systems: readonly System[]
  readonly port?: number
  readonly host?: string
  /** Seed of all ids and tokens. */
  readonly seed?: number
  /** Where time comes from; the machine's clock when left out. */
  readonly time?: TimeSource
  /** Folder with one folder of fixtures per system; the package's own when left out. */
  readonly fixtures?: string
  /** So many records are added to the world of each system that makes any in bulk. */
  readonly scale?: number
  /** Entries that the journal of a sandbox keeps. */
  readonly journal?: number
  /** Sandboxes that are kept at the most. */
  readonly maxSandboxes?: number
  /** What WebSockets may take up; sensible bounds where left out. */
  readonly sockets?: Partial<SocketLimits>
  /** How sandboxes are kept; in this process's memory when left out. An engine serves one server. */
  readonly engine?: Engine
  /** False: there is no control plane. */
  readonly admin?: boolean
  /** What the control plane asks for; made up when left out and the host is no loopback address, as others can reach it then. */
  readonly adminToken?: string
  /** False: `Prefer` and `__error`, `__code`, `__delay` in a query mean nothing. */
  readonly prefer?: boolean
  /** Told of answers that break the contract and of exceptions in handlers; writes to standard error when left out. */
  readonly report?: (problem: string) => void
}

/** A server that is listening. */
export interface RunningServer {
  readonly url: string
  readonly port: number
  readonly sandboxes: Sandboxes
  readonly sockets: Switchboard
  /** The token that the control plane asks for; null where it asks for none. */
  readonly adminToken: string | null
  /** Stops listening, lets requests under way finish, and resolves when the last one has. */
  close(): Promise<void>
}

/**
 * Starts a server.
 * @throws Error when the port is taken or a world cannot be read
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { systems, port = 0, host = '127.0.0.1', seed = 1, time = machineTime(), fixtures = fixturesFolder, scale = 0, journal = 1000, maxSandboxes = 10_000, sockets = {}, prefer = true, engine = memoryEngine() } = options
  const report = options.report ?? ((problem) => process.stderr.write(`understudy: ${problem}\n`))
  const stage = await createStage({ systems, time, seed, fixtures, documents: join(openapiFolder, 'bundled'), scale, journal, maxSandboxes, sockets, prefer, engine, report })
  const adminToken = options.adminToken ?? (isLoopbackHost(host) ? null : secret())
  if (options.admin !== false) stage.mount(({ method, url, headers }) => isForConsole(method, url, headers.accept), async ({ method, url }) => whole(await answerConsole(method, url)))
  const listening = await listenOn({ stage, port, host, report }, (app) => {
    if (options.admin !== false) {
      const parts = { ...stage, seed: String(seed), maxSandboxes, fixtures, report }
      app.use('/__admin', guard({ token: adminToken, host }), onFirstUse(async () => (await import('./control/router.js')).controlRouter(parts)))
    }
    app.use('/docs', docsRouter({ served: stage.served, admin: options.admin === false ? null : { needsToken: adminToken !== null }, report }))
  })
  const close = async () => {
    await listening.close()
    await engine.stop()
  }
  return { ...listening, close, sandboxes: stage.sandboxes, sockets: stage.sockets, adminToken }
}

/** Middleware that is loaded when the first request for it comes, so that no start waits for it. */
function onFirstUse(load: () => Promise<RequestHandler>): RequestHandler {
  let loading: Promise<RequestHandler> | null = null
  return (request, response, next) => {
    loading ??= load()
    loading.then((handler) => handler(request, response, next)).catch(next)
  }
}
