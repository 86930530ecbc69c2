/** All kinds of faults. A new one is a schema in `control.yaml`, a file beside this one, and its name here. */
import type { System } from '../system.js'
import { drop } from './drop.js'
import { error } from './error.js'
import type { CallEffect, FaultFlag, FaultKind, FrameEffect, Struck, StruckCall } from './kind.js'
import { latency } from './latency.js'
import { malformed } from './malformed.js'
import { reset } from './reset.js'
import { slow } from './slow.js'
import { status } from './status.js'

const table = { error, latency, status, drop, reset, malformed, slow }

type FaultOf<K> = K extends FaultKind<infer F> ? F : never
/** What goes wrong. */
export type Fault = FaultOf<(typeof table)[keyof typeof table]>

/** The same with the types of the faults forgotten. */
type AnyKind = Omit<FaultKind<Fault>, 'flags'> & { readonly flags: readonly FaultFlag<Fault>[] }

/** The kinds in the order in which their flags are shown. */
export const faultKinds: readonly Pick<AnyKind, 'kind' | 'schema' | 'flags'>[] = Object.values(table)

function kindOf({ kind }: Fault): AnyKind {
  return table[kind] // a record takes just the faults of its own kind, and is found by it
}

export function roleOf(fault: Fault): AnyKind['role'] {
  return kindOf(fault).role
}

/** @returns whether the fault can act on this operation */
export function canStrike(fault: Fault, system: System, operation: string): boolean {
  return kindOf(fault).canStrike?.(fault, system, operation) ?? true
}

/** @returns what the fault does to an HTTP call */
export function callEffect(fault: Fault, call: StruckCall): CallEffect | Promise<CallEffect> {
  return kindOf(fault).onCall(fault, call)
}

/** @returns what the fault does to a frame on a socket */
export function frameEffect(fault: Fault, frame: Struck): FrameEffect {
  return kindOf(fault).onFrame(fault, frame)
}
