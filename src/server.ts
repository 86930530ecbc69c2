/** The server: systems, their worlds and sandboxes behind one port, and the pipeline that every request goes through. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { ErrorRequestHandler, Express, RequestHandler } from 'express'
import { machineTime, stopwatch, type TimeSource } from './core/clock.js'
import { createExpress } from './core/express.js'
import { describeException, Failure } from './core/failure.js'
import { didYouMean } from './core/guess.js'
import { secret } from './core/ids.js'
import { type Misaddressed, readAddress } from './core/pipeline/address.js'
import { refuse } from './core/pipeline/answer.js'
import { FailureExamples } from './core/faults/examples.js'
import { preflight, readableByPages } from './core/pipeline/cors.js'
import { Exchange } from './core/pipeline/exchange.js'
import { faults, outages } from './core/pipeline/faults.js'
import { maintenance } from './core/pipeline/maintenance.js'
import { operate } from './core/pipeline/operate.js'
import { prefer } from './core/pipeline/prefer.js'
import { receive } from './core/pipeline/receive.js'
import { compileRouter } from './core/pipeline/router.js'
import { send, writeReply } from './core/pipeline/send.js'
import { record, routeWith } from './core/pipeline/steps.js'
import { problemReply } from './core/problem.js'
import type { Reply } from './core/reply.js'
import { MOST_TURNS, Sandboxes, type Served } from './core/sandbox.js'
import { stoppable } from './core/shutdown.js'
import { SocketHost, type SocketLimits } from './core/sockets/host.js'
import type { System } from './core/system.js'
import { serve } from './core/world.js'
import { guard, isLoopbackHost } from './control/safety.js'
import { docsRouter } from './docs/router.js'
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
  readonly app: Express
  readonly sandboxes: Sandboxes
  readonly sockets: SocketHost
  /** The token that the control plane asks for; null where it asks for none. */
  readonly adminToken: string | null
  /** Stops listening, lets requests under way finish, and resolves when the last one has. */
  close(): Promise<void>
}

/** Null lets the request pass on. */
type Step = (exchange: Exchange) => Promise<Reply | null> | Reply | null

/**
 * Starts a server.
 * @throws Error when the port is taken or a world cannot be read
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { systems: list, port = 0, host = '127.0.0.1', seed = 1, time = machineTime(), fixtures = fixturesFolder, maxSandboxes = 10_000 } = options
  const report = options.report ?? ((problem) => process.stderr.write(`understudy: ${problem}\n`))
  const systems = new Map(list.map((system) => [system.id, system]))
  const routers = new Map(list.map((system) => [system.id, compileRouter(system.contract)]))
  const origin = { boot: time.now(), scale: options.scale ?? 0 }
  const served = new Map<string, Served>()
  for (const system of list) served.set(system.id, await serve(system, fixtures, origin))
  const sandboxes = new Sandboxes({ served, time, origin, seed: String(seed), journalLimit: options.journal ?? 1000, most: maxSandboxes })
  const examples = new FailureExamples(join(openapiFolder, 'bundled'))

  // Every request goes through these, in this order; the first that answers ends the list.
  const pipeline: readonly Step[] = [
    preflight,
    maintenance('beforeRouting'),
    routeWith(routers),
    maintenance('afterRouting'),
    ...(options.prefer === false ? [] : [prefer(examples)]),
    faults(examples),
    outages,
    receive,
    operate,
  ]

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = readAddress(request, systems)
    if ('problem' in address) {
      writeReply(response, readableByPages(request.method ?? 'GET', request.headers, misaddressed(address, systems)), request.method)
      return
    }
    const elapsed = stopwatch()
    const sandbox = sandboxes.open(address.sandbox)
    let exchange = new Exchange(request, address, sandbox.begin())
    sandbox.enter()
    try {
      exchange.reply = await answer(exchange, pipeline, report)
      // What was found in a world that is gone is no answer.
      for (let turns = 1; exchange.turn.isOver && turns < MOST_TURNS; turns++) {
        exchange = new Exchange(request, address, sandbox.begin(), exchange.received)
        exchange.reply = await answer(exchange, pipeline, report)
      }
    } finally {
      sandbox.leave()
    }
    if (exchange.turn.isOver) {
      request.destroy()
      return
    }
    for (const violation of exchange.violations) report(`${exchange.system.id} breaks its contract: ${violation}`)
    record(exchange, elapsed)
    const delivered = send(exchange, response)
    if (delivered) await delivered
  }

  const sockets = new SocketHost({ systems, sandboxes, report, limits: options.sockets ?? {} })

  const answerSystems: RequestHandler = (request, response, next) => {
    handle(request, response).catch(next)
  }

  const { app, server } = createExpress()
  // First, because nearly every request is for a system, and each router that a request passes costs it time.
  app.use((request, response, next) => {
    if (RESERVED.test(request.url)) next()
    else answerSystems(request, response, next)
  })
  const adminToken = options.adminToken ?? (isLoopbackHost(host) ? null : secret())
  if (options.admin !== false) {
    const parts = { sandboxes, sockets, served, boot: origin.boot, seed: String(seed), maxSandboxes, fixtures, examples, report }
    app.use('/__admin', guard({ token: adminToken, host }), onFirstUse(async () => (await import('./control/router.js')).controlRouter(parts)))
  }
  if (options.admin !== false) app.use(showConsole)
  app.use('/docs', docsRouter({ served, admin: options.admin === false ? null : { needsToken: adminToken !== null }, report }))
  app.use(answerSystems, lastResort(report))
  server.keepAliveTimeout = 65_000
  const stop = stoppable(server)
  sockets.attach(server)
  await listen(server, port, host)
  const address = server.address() as AddressInfo // a TCP server that listens has one
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${String(address.port)}`,
    port: address.port,
    app,
    sandboxes,
    sockets,
    adminToken,
    close: async () => {
      const gone = sockets.close()
      sandboxes.end()
      await Promise.all([stop(), gone])
    },
  }
}

/** Paths of the server itself, and the root, where a browser is shown the console; all others are for systems. */
const RESERVED = /^\/(?:(?:__admin|__console|docs)(?:[/?]|$)|\?|$)/

const showConsole: RequestHandler = (request, response, next) => {
  const { method, url, headers } = request
  if (!isForConsole(method, url, headers.accept)) {
    next()
    return
  }
  answerConsole(method, url).then((reply) => {
    writeReply(response, reply, method)
  }, next)
}

/** Middleware that is loaded when the first request for it comes, so that no start waits for it. */
function onFirstUse(load: () => Promise<RequestHandler>): RequestHandler {
  let loading: Promise<RequestHandler> | null = null
  return (request, response, next) => {
    loading ??= load()
    loading.then((handler) => handler(request, response, next)).catch(next)
  }
}

/** Answers what even the answering of failures could not: never with Express's own page. */
function lastResort(report: (problem: string) => void): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    report(`${request.method} ${request.url} failed: ${describeException(error)}`)
    if (response.headersSent) response.destroy()
    else writeReply(response, problemReply(500, 'internal', 'The server failed and wrote the reason to its log. This is a bug of the stub, not of the call.'), request.method)
  }
}

/** Runs the pipeline; whatever is thrown becomes an answer in the system's dialect. */
async function answer(exchange: Exchange, pipeline: readonly Step[], report: (problem: string) => void): Promise<Reply> {
  try {
    for (const step of pipeline) {
      const result = step(exchange)
      const reply = result instanceof Promise ? await result : result
      if (reply) return reply
    }
    throw new Error('no step answered')
  } catch (error) {
    if (error instanceof Failure || exchange.turn.isOver) return refuse(exchange, error instanceof Failure ? error : Failure.when('internal'))
    report(`${exchange.operation ?? exchange.path} failed: ${describeException(error)}`)
    return refuse(exchange, Failure.when('internal'))
  }
}

function misaddressed(address: Misaddressed, systems: ReadonlyMap<string, System>): Reply {
  if (address.problem === 'sandboxName') {
    return problemReply(400, 'invalid-sandbox-name', `${JSON.stringify(address.name)} is no sandbox name: letters, digits, ".", "_" and "-", 64 at the most, a letter or digit first.`)
  }
  const bases = [...systems.keys()].map((id) => `/${id}`)
  const meant = didYouMean(`/${address.name}`, bases)
  return problemReply(404, 'no-such-system', `No system answers here.${meant} Put one of these in front of the path: ${bases.join(', ')}. The control plane is at /__admin.`)
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
