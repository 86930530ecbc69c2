/** All kinds of faults. A new one is a schema in `control.yaml` and a file beside this one, of its name; the table of them is generated. */
import { faultTable, networkKinds } from '../../generated/fault-kinds.js'
import type { System } from '../system.js'
import type { CallEffect, FaultFlag, FaultKind, FaultMisfit, FaultNaming, FrameEffect, Struck, StruckCall } from './kind.js'

export { networkKinds }

type FaultOf<K> = K extends FaultKind<infer F> ? F : never
/** What goes wrong. */
export type Fault = FaultOf<(typeof faultTable)[keyof typeof faultTable]>
/** What goes wrong on the way, whatever is asked for. */
export type NetworkFault = Extract<Fault, { readonly kind: (typeof networkKinds)[number] }>

/** The same with the types of the faults forgotten. */
type AnyKind = Omit<FaultKind<Fault>, 'flags'> & { readonly flags: readonly FaultFlag<Fault>[] }

/** The kinds in the order in which their flags are shown. */
export const faultKinds: readonly Pick<AnyKind, 'kind' | 'schema' | 'flags'>[] = Object.values(faultTable)

function kindOf({ kind }: Fault): AnyKind {
  return faultTable[kind] // a record takes just the faults of its own kind, and is found by it
}

export function roleOf(fault: Fault): AnyKind['role'] {
  return kindOf(fault).role
}

/** @returns whether the fault can act on this operation */
export function canStrike(fault: Fault, system: System, operation: string): boolean {
  return kindOf(fault).canStrike?.(fault, system, operation) ?? true
}

/** @returns what is wrong with a fault whose fields are each as its schema says; null when nothing is */
export function misfitOf(fault: Fault): FaultMisfit | null {
  return kindOf(fault).misfit?.(fault) ?? null
}

/** @returns what faults of this kind name that not every operation has; null when they name nothing */
export function namingOf(fault: Fault): FaultNaming<Fault> | null {
  return kindOf(fault).naming ?? null
}

/** @returns what the fault does to an HTTP call */
export function callEffect(fault: Fault, call: StruckCall): CallEffect | Promise<CallEffect> {
  return kindOf(fault).onCall(fault, call)
}

/** @returns what the fault does to a frame on a socket */
export function frameEffect(fault: Fault, frame: Struck): FrameEffect {
  return kindOf(fault).onFrame(fault, frame)
}
