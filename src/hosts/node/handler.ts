/** A stage as a request handler of Node: for a server of its own, or mounted in one that somebody else has. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { DEFAULT_MEMORY } from '../../core/budget.js'
import { describeException } from '../../core/failure.js'
import { problemReply } from '../../core/problem.js'
import type { Stage } from '../../core/stage/stage.js'
import { NodeCall } from './call.js'
import { Departures } from './departures.js'
import { Intake } from './intake.js'
import { LatestAnswers } from './latest.js'
import { readRest } from './rest.js'
import { send, writeWhole } from './send.js'
import { targetOf } from './target.js'

/** What Node's `createServer`, and `use` of Express and its like, take. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => void

/** What plays calls, and how much memory may be filled with what is sent; as much as usual where left out. */
type Played = Pick<Stage, 'play'> & Partial<Pick<Stage, 'budget'>>

/** Bodies that are under way take up so much beside the budget, which is of what is kept. */
const OF_BODIES = 1 / 8

/**
 * @param report told of what should not happen
 * @param latest where the newest answer of each connection is noted
 * @returns a handler that plays each request and carries its outcome out. Calls of one connection are carried out one after the other: their
 *   answers go out in that order anyhow, and whoever sends hundreds in one packet waits for them instead of everybody else. Those of a
 *   connection that is gone are not carried out.
 */
export function handlerOf(stage: Played, report: (problem: string) => void, latest = new LatestAnswers()): NodeHandler {
  const intake = new Intake((stage.budget?.total ?? DEFAULT_MEMORY) * OF_BODIES)
  const departures = new Departures()
  return (request, response) => {
    const { socket } = request
    const before = latest.of(socket)
    latest.note(socket, response)
    if (before === undefined || before.writableFinished || before.destroyed) void answer(stage, request, response, intake, departures, report)
    else before.once('close', () => {
      if (!socket.destroyed) void answer(stage, request, response, intake, departures, report)
    })
  }
}

async function answer(stage: Played, request: IncomingMessage, response: ServerResponse, intake: Intake, departures: Departures, report: (problem: string) => void): Promise<void> {
  const failed = (error: unknown) => {
    const { method = 'GET', url = '/' } = request
    report(`${method} ${url} failed: ${describeException(error)}`)
    if (response.headersSent) response.destroy()
    else writeWhole(response, problemReply(500, 'internal', 'The server failed and wrote the reason to its log. This is a bug of the stub, not of the call.'), method === 'HEAD')
  }
  try {
    const target = targetOf(request)
    if ('status' in target) {
      if (!request.complete) readRest(request, response)
      writeWhole(response, target, request.method === 'HEAD')
      return
    }
    const call = new NodeCall(request, target, response, intake)
    const outcome = await stage.play(call)
    if (!request.complete) readRest(request, response)
    departures.add({ send: () => send(outcome, call, response), failed, afterwards: outcome.afterwards })
  } catch (error) {
    failed(error)
  }
}
