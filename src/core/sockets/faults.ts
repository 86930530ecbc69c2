/** What the fault rules of a sandbox make of a frame. The rules are those of HTTP calls; here each kind finds its meaning for a socket. */
import { errorFor } from '../faults/error.js'
import { chance, fire } from '../faults/fire.js'
import { latencyOf } from '../faults/latency.js'
import type { ErrorFault, FaultRule, StatusFault } from '../faults/rule.js'
import { isOut } from '../outages.js'
import type { Turn } from '../generation.js'
import type { ControlState } from '../sandbox.js'
import type { System } from '../system.js'
import type { Refusal, Socket, SocketCondition } from './definition.js'

/** What is to go wrong with one frame. */
export interface Struck {
  /** Ids of the rules that act. */
  readonly rules: readonly string[]
  /** Milliseconds to wait before anything else. */
  readonly wait: number
  readonly error: ErrorFault | null
  /** Of an opening: the handshake is refused with this. */
  readonly status: StatusFault | null
  /** Whether the connection is cut without an answer: before the frame is carried out, or after. */
  readonly cut: 'before' | 'after' | null
  /** Whether what is sent is broken JSON. */
  readonly malformed: boolean
}

/** Of a frame that simply arrives. */
export const NOTHING_WRONG: Struck = { rules: [], wait: 0, error: null, status: null, cut: null, malformed: false }

/** Lets the rules act that fit this operation, and counts them. */
export async function strike(turn: Turn, system: System, operation: string): Promise<Struck> {
  const { faults, seed } = turn.state
  if (faults.length === 0) return NOTHING_WRONG
  let fired: readonly FaultRule[] = []
  await turn.change((before) => {
    const after = fire(before, system, operation)
    fired = after.fired
    return after.state
  })
  return fired.reduce((struck, rule) => add(struck, rule, seed), NOTHING_WRONG)
}

function add(struck: Struck, rule: FaultRule, seed: string): Struck {
  const { fault, id } = rule
  const next = { ...struck, rules: [...struck.rules, id] }
  switch (fault.kind) {
    case 'latency':
      return { ...next, wait: struck.wait + latencyOf(fault, chance(`${seed}/latency`, rule)) }
    case 'slow': // a frame arrives whole or not at all, so this one takes its time to set out
      return { ...next, wait: struck.wait + fault.milliseconds }
    case 'error':
      return { ...next, error: fault }
    case 'status':
      return { ...next, status: fault }
    case 'drop':
      return { ...next, cut: fault.carriedOut === true ? 'after' : 'before' }
    case 'reset':
      return { ...next, cut: 'after' }
    case 'malformed':
      return { ...next, malformed: true }
  }
}

/** @returns whether the system is in maintenance; then nothing else goes wrong with it */
export function inMaintenance({ systems }: ControlState, system: System): boolean {
  return (systems[system.id]?.maintenance ?? null) !== null
}

/** @returns the outage that keeps frames from being carried out; null when all is well */
export function outage({ systems }: ControlState, system: System): SocketCondition | null {
  const out = systems[system.id]?.outages ?? []
  if (isOut(system, out, 'internal')) return 'internal'
  return isOut(system, out, 'network') ? 'networkError' : null
}

/** @returns what the fault wants to be answered: a refusal of its own, or the one of a condition */
export function faultAnswer(fault: ErrorFault, system: System, operation: string, socket: Socket, memory: unknown): Refusal | SocketCondition {
  const error = errorFor(system, operation, fault)
  // The socket's own functions take the memory that the socket itself has returned.
  const answer = error === null ? undefined : socket.errors[error]?.(memory as never)
  if (error === null || answer === undefined) return fault.condition === 'maintenance' || fault.condition === 'internal' ? fault.condition : 'networkError'
  return typeof answer === 'object' ? { frame: answer, error } : answer
}
