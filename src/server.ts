/** The server: the whole house behind one port. */
import { machineTime } from './core/clock.js'
import { secret } from './core/ids.js'
import type { Sandboxes } from './core/sandboxes.js'
import type { Switchboard } from './core/sockets/switchboard.js'
import { isLoopbackHost } from './control/safety.js'
import { loadMultipart } from './hosts/node/call.js'
import type { Certificates } from './hosts/node/certificates.js'
import { listenOn } from './hosts/node/server.js'
import { waysIn } from './hosts/node/ways.js'
import type { Reach } from './pages/start/parts.js'
import { isForStart, startSurface } from './pages/start/surface.js'
import { openStage, type StageOptions } from './stage.js'

export interface ServerOptions extends StageOptions {
  readonly port?: number
  readonly host?: string
  /** What the control plane asks for; made up when left out and the host is no loopback address, as others can reach it then. */
  readonly adminToken?: string
  /** True: HTTPS is spoken as well, on the port behind `port`, with a certificate of an authority that is made once for this user; see docs/phones.md. */
  readonly https?: boolean
}

/** A server that is listening. */
export interface RunningServer {
  readonly url: string
  readonly port: number
  /** The same over HTTPS; null where it is not spoken. */
  readonly secure: { readonly url: string; readonly port: number } | null
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
 * @throws Error when the port is taken, a world cannot be read, or the local authority cannot be kept
 */
export async function startServer({ port = 0, host = '127.0.0.1', adminToken: given, https = false, ...options }: ServerOptions): Promise<RunningServer> {
  const adminToken = given ?? (isLoopbackHost(host) ? null : secret())
  const { stage, loadRest, options: { engine, report, admin } } = await openStage(options, { token: adminToken, host })
  let reach: Reach = { port, securePort: null, authority: null }
  stage.mount(isForStart, startSurface({ served: stage.served, admin: admin ? { needsToken: adminToken !== null } : null, reach: () => reach, report }))
  const certificates = https ? await certificatesFor(host) : null
  const listening = await listenOn({ stage, port, host, tls: certificates, report })
  reach = { ...reach, port: listening.port, securePort: listening.secure?.port ?? null, authority: certificates?.authority ?? null }
  const close = async () => {
    await listening.close()
    await engine.stop()
  }
  return { ...listening, close, loadRest: () => Promise.all([loadRest(), loadMultipart()]).then(() => undefined), sandboxes: stage.sandboxes, sockets: stage.sockets, adminToken }
}

/** For every name and address that leads to the host; loaded where HTTPS is spoken. */
async function certificatesFor(host: string): Promise<Certificates> {
  const { configFolder, localCertificates } = await import('./hosts/node/certificates.js')
  const own = ['localhost', '127.0.0.1', '::1']
  const others = isLoopbackHost(host) ? [] : host === '0.0.0.0' || host === '::' ? waysIn().map((way) => way.host) : [host]
  return localCertificates(configFolder(), [...new Set([...own, ...others])], machineTime().now())
}
