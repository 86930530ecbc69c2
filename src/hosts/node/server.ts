/** A stage behind a port: Node's HTTP server, with Express in front. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import type { Stage } from '../../core/stage/stage.js'
import { createExpress } from './express.js'
import { handlerOf } from './handler.js'
import { stoppable } from './shutdown.js'
import { takeUpgrades } from './sockets.js'

export interface ListenOptions {
  readonly stage: Stage
  /** 0 takes a free one. */
  readonly port: number
  readonly host: string
  /** Told of what should not happen. */
  readonly report: (problem: string) => void
}

/** A stage that can be reached over the network. */
export interface Listening {
  readonly url: string
  readonly port: number
  /** @returns how many connections are open */
  connections(): Promise<number>
  /** Closes the stage, stops listening, lets requests under way finish, and resolves when the last one has. */
  close(): Promise<void>
}

const KEEP_ALIVE = 65_000

/**
 * Lets a stage be called over HTTP and WebSockets.
 * @throws Error when the port is taken or may not be opened
 */
export async function listenOn({ stage, port, host, report }: ListenOptions): Promise<Listening> {
  const { app, server } = createExpress()
  app.use(handlerOf(stage, report))
  server.keepAliveTimeout = KEEP_ALIVE
  const stop = stoppable(server)
  takeUpgrades(server, stage.sockets, report)
  await listen(server, port, host)
  const address = server.address() as AddressInfo // a TCP server that listens has one
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${String(address.port)}`,
    port: address.port,
    connections: () => promisify(server.getConnections.bind(server))(),
    close: async () => {
      await Promise.all([stop(), stage.close()])
    },
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
