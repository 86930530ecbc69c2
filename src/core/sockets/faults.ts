/** What the fault rules of a sandbox make of a frame. The rules are those of HTTP calls; each kind says what it means for a socket. */
import { callErased } from '../erased.js'
import { errorFor } from '../faults/error.js'
import { chance, fire } from '../faults/fire.js'
import type { ErrorChoice, FrameEffect } from '../faults/kind.js'
import { frameEffect } from '../faults/kinds.js'
import type { FaultRule } from '../faults/rule.js'
import type { Turn } from '../turn.js'
import { isOut } from '../outages.js'
import type { Reply } from '../reply.js'
import type { ControlState } from '../sandbox.js'
import type { System } from '../system.js'
import type { RefusedFrame, Socket, SocketCondition } from './definition.js'

/** What is to go wrong with one frame. */
export interface StruckFrame {
  /** Ids of the rules that act. */
  readonly rules: readonly string[]
  /** Milliseconds to wait before anything else. */
  readonly wait: number
  readonly error: ErrorChoice | null
  /** Of an opening: the handshake is refused with this. */
  readonly handshake: Reply | null
  /** Whether the connection is cut without an answer: before the frame is carried out, or after. */
  readonly cut: 'before' | 'after' | null
  /** What becomes of each text that is sent; null: it stays what it is. */
  readonly spoil: ((text: string) => string) | null
}

/** Of a frame that simply arrives. */
export const NOTHING_WRONG: StruckFrame = { rules: [], wait: 0, error: null, handshake: null, cut: null, spoil: null }

/** Lets the rules act that fit this operation, and counts them. */
export async function strike(turn: Turn, system: System, operation: string): Promise<StruckFrame> {
  const { faults, seed } = turn.state
  if (faults.length === 0) return NOTHING_WRONG
  let fired: readonly FaultRule[] = []
  await turn.change((before) => {
    const after = fire(before, system, operation, turn.now)
    fired = after.fired
    return after.state
  })
  return fired.reduce((struck, rule) => add(struck, rule.id, frameEffect(rule.fault, { system, operation, chance: (purpose) => chance(`${seed}/${purpose}`, rule) })), NOTHING_WRONG)
}

function add(struck: StruckFrame, rule: string, { wait = 0, ...effect }: FrameEffect): StruckFrame {
  return { ...struck, ...effect, rules: [...struck.rules, rule], wait: struck.wait + wait }
}

/** @returns whether the system is in maintenance; then nothing else goes wrong with it */
export function inMaintenance({ systems }: ControlState, system: System): boolean {
  return (systems[system.id]?.maintenance ?? null) !== null
}

/** @returns the outage that keeps frames from being carried out; null when all is well */
export function outage({ systems }: ControlState, system: System): SocketCondition | null {
  const out = systems[system.id]?.outages ?? []
  if (out.length === 0) return null
  if (isOut(system, out, 'internal')) return 'internal'
  return isOut(system, out, 'network') ? 'networkError' : null
}

/**
 * @param memory what the socket itself has returned
 * @returns what keeps a frame from being carried out, in the order in which it counts; null where nothing does
 */
export function obstacle({ state }: Turn, system: System, operation: string, socket: Socket, memory: unknown, { error }: Pick<StruckFrame, 'error'>): RefusedFrame | SocketCondition | null {
  if (inMaintenance(state, system)) return 'maintenance'
  return error === null ? outage(state, system) : faultAnswer(error, system, operation, socket, memory)
}

/** @returns what a connection is told, and the condition that it is told, if it is one */
export function refusalOf({ conditions }: Socket, reason: RefusedFrame | SocketCondition, memory: unknown): RefusedFrame & { readonly condition: SocketCondition | null } {
  if (typeof reason !== 'string') return { ...reason, condition: null }
  return { ...callErased(conditions[reason] ?? conditions.unauthenticated, memory), condition: reason } // what this very socket returned
}

/** @returns what the fault wants to be answered: a refusal of its own, or the one of a condition */
function faultAnswer(fault: ErrorChoice, system: System, operation: string, socket: Socket, memory: unknown): RefusedFrame | SocketCondition {
  const error = errorFor(system, operation, fault)
  // The socket's own functions take the memory that the socket itself has returned.
  const say = error === null ? undefined : socket.errors[error]
  const answer = say === undefined ? undefined : callErased(say, memory)
  if (error === null || answer === undefined) return fault.condition === 'maintenance' || fault.condition === 'internal' ? fault.condition : 'networkError'
  return typeof answer === 'object' ? { frame: answer, error } : answer
}
