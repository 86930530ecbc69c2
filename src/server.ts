/** The server: the whole house behind one port. */
import type { RequestHandler } from 'express'
import { secret } from './core/ids.js'
import type { Sandboxes } from './core/sandboxes.js'
import type { Switchboard } from './core/sockets/switchboard.js'
import { guard, isLoopbackHost } from './control/safety.js'
import { docsRouter } from './docs/router.js'
import { listenOn } from './hosts/node/server.js'
import { openStage, type StageOptions } from './stage.js'

export interface ServerOptions extends StageOptions {
  readonly port?: number
  readonly host?: string
  /** What the control plane asks for; made up when left out and the host is no loopback address, as others can reach it then. */
  readonly adminToken?: string
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
export async function startServer({ port = 0, host = '127.0.0.1', ...given }: ServerOptions): Promise<RunningServer> {
  const { stage, options } = await openStage(given)
  const { admin, seed, maxSandboxes, fixtures, report } = options
  const adminToken = given.adminToken ?? (isLoopbackHost(host) ? null : secret())
  const listening = await listenOn({ stage, port, host, report }, (app) => {
    if (admin) {
      const parts = { ...stage, seed: String(seed), maxSandboxes, fixtures, report }
      app.use('/__admin', guard({ token: adminToken, host }), onFirstUse(async () => (await import('./control/router.js')).controlRouter(parts)))
    }
    app.use('/docs', docsRouter({ served: stage.served, admin: admin ? { needsToken: adminToken !== null } : null, report }))
  })
  const close = async () => {
    await listening.close()
    await options.engine.stop()
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
