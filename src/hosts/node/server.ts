/** A stage behind a port: Node's HTTP server, with Express in front. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { describeException } from '../../core/failure.js'
import { problemReply } from '../../core/problem.js'
import type { Stage } from '../../core/stage/stage.js'
import { NodeCall } from './call.js'
import { createExpress } from './express.js'
import { send, writeWhole } from './send.js'
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
  const answerCalls: RequestHandler = (request, response, next) => {
    answer(stage, request, response).catch(next)
  }
  app.use(answerCalls, lastResort(report))
  server.keepAliveTimeout = KEEP_ALIVE
  const stop = stoppable(server)
  takeUpgrades(server, stage.sockets, report)
  await listen(server, port, host)
  const address = server.address() as AddressInfo // a TCP server that listens has one
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${String(address.port)}`,
    port: address.port,
    close: async () => {
      await Promise.all([stop(), stage.close()])
    },
  }
}

/** Plays one request and carries its outcome out. */
async function answer(stage: Stage, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = new NodeCall(request, response)
  const outcome = await stage.play(call)
  // A body that was not read to its end would be taken for the next request.
  if (call.isHalfRead) response.once('finish', () => request.destroy())
  const sent = send(outcome, call, response)
  if (sent) await sent
}

/** Answers what even the stage could not, never with Express's own page. */
function lastResort(report: (problem: string) => void): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    report(`${request.method} ${request.url} failed: ${describeException(error)}`)
    if (response.headersSent) response.destroy()
    else writeWhole(response, problemReply(500, 'internal', 'The server failed and wrote the reason to its log. This is a bug of the stub, not of the call.'), request.method === 'HEAD')
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
