/** A stage behind a port: Node's HTTP server, with Express in front. */
import type { AddressInfo } from 'node:net'
import type { Stage } from '../../core/stage/stage.js'
import type { Switchboard } from '../../core/sockets/switchboard.js'
import { createExpress, type HttpServer, type Tls } from './express.js'
import { handlerOf } from './handler.js'
import { LatestAnswers } from './latest.js'
import { answerPlain } from './plain.js'
import { stoppable } from './shutdown.js'
import { takeUpgrades } from './sockets.js'

/** Where a server can be called: its port, and the address with the port as they stand in a URL. */
export interface ListenAddress {
  readonly port: number
  readonly host: string
}

/** How a server comes to its connections; rejects when the port is taken or may not be opened. */
export type Listen = (server: HttpServer, port: number, host: string) => Promise<ListenAddress>

export interface ListenOptions {
  readonly stage: Pick<Stage, 'budget' | 'play' | 'close'> & { readonly sockets: Pick<Switchboard, 'limits' | 'knock'> }
  /** 0 takes a free one. */
  readonly port: number
  readonly host: string
  /** Where HTTPS is to be spoken as well: on the port behind the other, or a free one. Null for none. */
  readonly tls: Tls | null
  /** Told of what should not happen. */
  readonly report: (problem: string) => void
  /** A port of this process when left out. */
  readonly listen?: Listen | undefined
}

/** A stage that can be reached over the network. */
export interface Listening {
  readonly url: string
  readonly port: number
  /** The same over HTTPS; null where it is not spoken. */
  readonly secure: { readonly url: string; readonly port: number } | null
  /** @returns how many connections are open */
  connections(): number
  /** Makes each answer the last one of its connection; resolves when nobody is left who asked something a moment ago. */
  drain(): Promise<void>
  /** Closes the stage, stops listening, lets requests under way finish, and resolves when the last one has; called again, it waits for the same. */
  close(): Promise<void>
}

const KEEP_ALIVE = 65_000
/** So many connections wait to be taken, where the system allows it: what is over it is dropped, and clients try again a second later. Node's 511 are few where all tests of a run begin at once. */
const BACKLOG = 4096

/**
 * Lets a stage be called over HTTP and WebSockets.
 * @throws Error when the port is taken or may not be opened
 */
export async function listenOn({ stage, port, host, tls, report, listen = listenHere }: ListenOptions): Promise<Listening> {
  const { app, server, secure } = createExpress(tls)
  const latest = new LatestAnswers()
  app.use(handlerOf(stage, report, latest))
  // First of all who look at its connections.
  if (secure !== null) answerPlain(secure, () => place.port)
  const servers: readonly HttpServer[] = secure === null ? [server] : [server, secure]
  const stops = servers.map((one) => {
    one.keepAliveTimeout = KEEP_ALIVE
    takeUpgrades(one, stage.sockets, report, latest)
    return stoppable(one, latest)
  })
  let closing: Promise<void> | null = null
  const place = await listen(server, port, host)
  try {
    return {
      url: `http://${place.host}`,
      port: place.port,
      secure: secure === null ? null : await listen(secure, port === 0 ? 0 : port + 1, host).then((found) => ({ url: `https://${found.host}`, port: found.port })),
      connections: () => stops.reduce((all, one) => all + one.connections(), 0),
      drain: () => Promise.all(stops.map((one) => one.drain())).then(() => undefined),
      close: () => (closing ??= Promise.all([...stops.map((one) => one.stop()), stage.close()]).then(() => undefined)),
    }
  } catch (error) {
    server.close()
    throw error
  }
}

function listenHere(server: HttpServer, port: number, host: string): Promise<ListenAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, BACKLOG, () => {
      server.off('error', reject)
      const { port: taken } = server.address() as AddressInfo // a TCP server that listens has one
      resolve(placeOf(host, taken))
    })
  })
}

/** @returns the place of a port on an address */
export function placeOf(host: string, port: number): ListenAddress {
  return { port, host: `${host.includes(':') ? `[${host}]` : host}:${String(port)}` }
}
