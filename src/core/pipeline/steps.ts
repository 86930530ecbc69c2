/** The steps that are too small for a file of their own. */
import { Failure } from '../failure.js'
import type { stopwatch } from '../clock.js'
import { keep } from '../journal.js'
import { isPreflight } from './cors.js'
import type { Exchange } from './exchange.js'
import type { Router } from './router.js'

/** @returns the step that finds the operation of a request */
export function routeWith(routers: ReadonlyMap<string, Router>) {
  return (exchange: Exchange): null => {
    const router = routers.get(exchange.system.id)
    if (router === undefined) throw Failure.when('unknownEndpoint', { cause: 'unknownPath' })
    const { operation, row, parameters } = router(exchange.method, exchange.path, (name) => exchange.query(name))
    exchange.operation = operation
    exchange.row = row
    exchange.pathParameters = parameters
    return null
  }
}

/** Puts the call into the sandbox's journal. */
export function record(exchange: Exchange, elapsed: ReturnType<typeof stopwatch>): void {
  const { reply, turn, received } = exchange
  if (reply === null) return
  turn.record({
    at: exchange.now,
    duration: elapsed(),
    system: exchange.system.id,
    operation: exchange.operation,
    preflight: isPreflight(exchange.method, exchange.headers),
    method: exchange.method,
    url: exchange.search === '' ? exchange.path : `${exchange.path}?${exchange.search}`,
    requestHeaders: exchange.headers,
    requestBody: received?.kind === 'bytes' ? keep(received.bytes) : null,
    status: reply.status,
    responseHeaders: reply.headers,
    responseBody: keep(reply.body),
    user: exchange.user,
    error: exchange.error,
    faults: exchange.faults,
    violations: exchange.violations,
    changes: exchange.changes,
  })
}
