/** What all surfaces of the stage have in common: nothing is thrown at a host, and a failure is an RFC 9457 problem. */
import { Unreachable } from '../engine/unreachable.js'
import { describeException, Failure } from '../failure.js'
import { withCapital } from '../../plain/capital.js'
import { pathOf } from '../../plain/url.js'
import type { Match, Routable, Router } from '../pipeline/router.js'
import { answerProblem, problem } from '../problem.js'
import type { ReplyHeaders } from '../reply.js'
import type { Call } from '../stage/call.js'
import { type Outcome, type Surface, whole } from '../stage/outcome.js'
import { Refusal, refusal } from './refusal.js'

export interface SurfaceOptions {
  /** As a person calls it: `the control plane`. */
  readonly name: string
  /** Headers of every answer. */
  readonly headers: ReplyHeaders
  /** Told of what nobody foresaw. */
  readonly report: (problem: string) => void
  /** Answers a call; a refusal is thrown. */
  readonly answer: (call: Call) => Promise<Outcome>
}

/** @returns the surface */
export function surface({ name, headers, report, answer }: SurfaceOptions): Surface {
  const failed = (error: unknown) => {
    if (error instanceof Unreachable) return problem(503, 'sandboxes-unreachable', `The sandboxes cannot be reached at the moment: ${error.message}. Try again.`)
    report(`${name} failed: ${describeException(error)}`)
    return problem(500, 'internal', `${withCapital(name)} failed; the server wrote the reason to its log. This is a bug of the stub, not of the call.`)
  }
  return async (call) => {
    const outcome = await answer(call).catch((error: unknown) => {
      return error instanceof Refusal ? whole(answerProblem(error.problem, error.headers)) : whole(answerProblem(failed(error)))
    })
    return withHeaders(outcome, headers)
  }
}

/** @returns the outcome with headers beside its own, which go before them */
export function withHeaders({ reply, delivery }: Outcome, headers: ReplyHeaders): Outcome {
  return { reply: { ...reply, headers: { ...headers, ...reply.headers } }, delivery }
}

/**
 * @param prefix what the surface answers below: `/docs`
 * @returns the path of the call below it, not decoded: `/<system>`; `/` for the prefix itself
 */
export function pathBelow(prefix: string, { url }: Call): string {
  return pathOf(url).slice(prefix.length) || '/'
}

/**
 * @param missing what is thrown where nothing has the path
 * @returns the place that takes the call
 * @throws Refusal where there is none, or it takes other methods only
 */
export function findPlace<Row extends Routable>(route: Router<Row>, path: string, { method }: Call, missing: Refusal): Match<Row> {
  const found = route(method, path, () => undefined)
  if (!(found instanceof Failure)) return found
  const { allow } = found.details
  if (allow === undefined) throw missing
  const methods = allow.join(', ')
  throw refusal(405, 'method-not-allowed', `${path} does not answer ${method}, but ${methods}.`, {}, { allow: methods })
}
