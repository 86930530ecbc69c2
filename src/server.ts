/** The server: the whole house behind one port. */
import { secret } from './core/ids.js'
import type { Sandboxes } from './core/sandboxes.js'
import type { Switchboard } from './core/sockets/switchboard.js'
import { isLoopbackHost } from './control/safety.js'
import { loadMultipart } from './hosts/node/call.js'
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
  /** Loads what would be loaded at its first use. */
  loadRest(): Promise<void>
  /** @returns how many connections are open */
  connections(): Promise<number>
  /** Stops listening, lets requests under way finish, and resolves when the last one has. */
  close(): Promise<void>
}

/**
 * Starts a server.
 * @throws Error when the port is taken or a world cannot be read
 */
export async function startServer({ port = 0, host = '127.0.0.1', adminToken: given, ...options }: ServerOptions): Promise<RunningServer> {
  const adminToken = given ?? (isLoopbackHost(host) ? null : secret())
  const { stage, loadRest, options: { engine, report } } = await openStage(options, { token: adminToken, host })
  const listening = await listenOn({ stage, port, host, report })
  const close = async () => {
    await listening.close()
    await engine.stop()
  }
  return { ...listening, close, loadRest: () => Promise.all([loadRest(), loadMultipart()]).then(() => undefined), sandboxes: stage.sandboxes, sockets: stage.sockets, adminToken }
}
