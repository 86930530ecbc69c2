/** Faults: what the sandbox's rules, its outages and the request itself say is to go wrong. They act after routing, before every check. */
import { drop } from '../faults/drop.js'
import { faultFailure } from '../faults/error.js'
import type { FailureExamples } from '../faults/examples.js'
import { chance, fire } from '../faults/fire.js'
import { latencyOf } from '../faults/latency.js'
import { malformed } from '../faults/malformed.js'
import { reset } from '../faults/reset.js'
import type { FaultRule } from '../faults/rule.js'
import { slowly } from '../faults/slow.js'
import { statusReply } from '../faults/status.js'
import { Failure } from '../failure.js'
import { isOut } from '../outages.js'
import { emptyReply, type Reply } from '../reply.js'
import type { Exchange } from './exchange.js'

/** What becomes of a call that nobody answers. */
const nothingSent = emptyReply(0)

/** @returns the step that lets the rules of the sandbox act */
export function faults(examples: FailureExamples) {
  return (exchange: Exchange): Promise<Reply | null> | null => {
    const { operation, state } = exchange
    return operation === null || state.faults.length === 0 ? null : act(exchange, operation, examples)
  }
}

async function act(exchange: Exchange, operation: string, examples: FailureExamples): Promise<Reply | null> {
  const { turn, system } = exchange
  let fired: readonly FaultRule[] = []
  await turn.change((before) => {
    const after = fire(before, system, operation)
    fired = after.fired
    return after.state
  })
  exchange.faults = [...exchange.faults, ...fired.map(({ id }) => id)]
  await wait(exchange, fired)
  for (const { fault } of fired) {
    if (fault.kind === 'error') {
      const failure = await faultFailure(fault, system, operation, exchange.now, examples)
      if (failure !== null) {
        exchange.forced = true
        throw failure
      }
    }
    if (fault.kind === 'status') return statusReply(fault)
    if (fault.kind === 'drop' && fault.carriedOut !== true) return nothingSent
  }
  return null
}

/** Step: outside services that are out of order fail here, unless the system's own operations know what that means to them. */
export function outages({ state, system }: Exchange): null {
  const { outages: out = [] } = state.systems[system.id] ?? {}
  if (out.length === 0) return null
  if (isOut(system, out, 'internal')) throw Failure.when('internal')
  if (isOut(system, out, 'network')) throw Failure.when('networkError')
  return null
}

/** Waits as long as all latencies together say, and sets how the answer will travel. */
async function wait(exchange: Exchange, fired: readonly FaultRule[]): Promise<void> {
  let milliseconds = 0
  for (const rule of fired) {
    const { fault } = rule
    if (fault.kind === 'latency') milliseconds += latencyOf(fault, chance(`${exchange.state.seed}/latency`, rule))
    else if (fault.kind === 'drop') exchange.delivery = drop
    else if (fault.kind === 'reset') exchange.delivery = reset
    else if (fault.kind === 'malformed') exchange.delivery = malformed
    else if (fault.kind === 'slow') exchange.delivery = slowly(fault)
  }
  if (milliseconds > 0) await exchange.wait(milliseconds)
}
