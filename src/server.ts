/** The server: the whole house behind one port. */
import { machineTime } from './core/clock.js'
import { ContinuedEngine } from './core/engine/continued.js'
import { secret } from './core/ids.js'
import type { Sandboxes } from './core/sandboxes.js'
import type { Switchboard } from './core/sockets/switchboard.js'
import type { PutAside } from './core/refit.js'
import { isLoopbackHost } from './control/safety.js'
import { loadMultipart } from './hosts/node/call.js'
import type { Certificates } from './hosts/node/certificates.js'
import { type Listen, listenOn } from './hosts/node/server.js'
import { loadHandshakes } from './hosts/node/sockets.js'
import { waysIn } from './hosts/node/ways.js'
import type { Reachable } from './pages/start/parts.js'
import { isForStart, startSurface } from './pages/start/surface.js'
import { type Before, openStage, type StageSettings } from './stage.js'
import { fit, Succession } from './succession.js'

export interface ServerOptions extends StageSettings {
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
  /** Those of the stage that plays now. */
  readonly sandboxes: Sandboxes
  readonly sockets: Switchboard
  /** The token that the control plane asks for; null where it asks for none. */
  readonly adminToken: string | null
  /** The records of an earlier server that did not fit this one and were put aside before it listened. */
  readonly aside: readonly PutAside[]
  /** Loads what would be loaded at its first use. */
  loadRest(): Promise<void>
  /**
   * Takes other systems, worlds and settings over while it runs: no call is refused, sandboxes stay as they are. It takes an engine that can be
   * started again (`ContinuedEngine`), the same both times.
   * @returns the records that do not fit any more and were put aside
   * @throws what {@link startServer} throws; then everything stays as it was
   */
  renew(options: StageSettings): Promise<readonly PutAside[]>
  /** @returns how many connections are open */
  connections(): number
  /** Makes each answer the last one of its connection, and resolves when nobody is left who asked something a moment ago: before `close`, where another server follows. */
  drain(): Promise<void>
  /** Stops listening, lets requests under way finish, and resolves when the last one has. */
  close(): Promise<void>
}

/**
 * Starts a server.
 * @param listen how it comes to its connections, where not by a port of this process
 * @throws Error when the port is taken, a world cannot be read, or the local authority cannot be kept
 */
export async function startServer({ port = 0, host = '127.0.0.1', adminToken: given, https = false, ...options }: ServerOptions, listen?: Listen): Promise<RunningServer> {
  const adminToken = given ?? (isLoopbackHost(host) ? null : secret())
  const who = { token: adminToken, host }
  let reach: Reachable = { port, securePort: null, authority: null }
  const open = async (given: StageSettings, before: Before | null) => {
    const opened = await openStage(given, who, before)
    const { stage, options: { admin, report } } = opened
    stage.mount(isForStart, startSurface({ served: stage.served, admin: admin ? { needsToken: adminToken !== null } : null, reach: () => reach, report }))
    return opened
  }
  const { stage, loadRest, options: { engine, report } } = await open(options, null)
  // An engine that goes on may hold what was kept before an edit.
  const aside = engine instanceof ContinuedEngine ? await fit(stage) : []
  const succession = new Succession(stage)
  const certificates = https ? await certificatesFor(host) : null
  const listening = await listenOn({ stage: succession, port, host, tls: certificates, report, listen })
  reach = { ...reach, port: listening.port, securePort: listening.secure?.port ?? null, authority: certificates?.authority ?? null }
  const close = async () => {
    await listening.close()
    await engine.stop()
  }
  return {
    ...listening,
    close,
    loadRest: () => Promise.all([loadRest(), loadMultipart(), loadHandshakes()]).then(() => undefined),
    renew: async (changed) => succession.succeed((await open(changed, { stage: succession.now })).stage),
    get sandboxes() {
      return succession.now.sandboxes
    },
    get sockets() {
      return succession.now.sockets
    },
    adminToken,
    aside,
  }
}

/** For every name and address that leads to the host; loaded where HTTPS is spoken. */
async function certificatesFor(host: string): Promise<Certificates> {
  const { configFolder, localCertificates } = await import('./hosts/node/certificates.js')
  const own = ['localhost', '127.0.0.1', '::1']
  const others = isLoopbackHost(host) ? [] : host === '0.0.0.0' || host === '::' ? waysIn().map((way) => way.host) : [host]
  return localCertificates(configFolder(), [...new Set([...own, ...others])], machineTime().now())
}
