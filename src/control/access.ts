/** How handlers reach systems, sandboxes and records. */
import { didYouMean } from '../core/guess.js'
import { Turn } from '../core/turn.js'
import type { Sandbox, SystemRecords, SystemSwitches } from '../core/sandbox.js'
import type { Transaction } from '../core/store/types.js'
import type { System } from '../core/system.js'
import type { ControlParts } from './task.js'
import { listOf, quote, refusal } from '../core/surface/refusal.js'

/** A transaction over whatever collections a system has. */
export type AnyTransaction = Transaction<SystemRecords>

/**
 * @returns the system of this id
 * @throws Refusal when it is not served
 */
export function systemOf({ served }: ControlParts, id: string): System {
  const found = served.get(id)
  if (found !== undefined) return found.system
  const known = [...served.keys()]
  throw refusal(404, 'no-such-system', `No system is called ${quote(id)}. This server plays ${listOf(known)}.${didYouMean(id, known)}`, { known })
}

/** @returns the system of this id, or all of them when none is named */
export function systemsOf(parts: ControlParts, id: string | undefined): readonly System[] {
  return id === undefined ? [...parts.served.values()].map(({ system }) => system) : [systemOf(parts, id)]
}

/** @returns the sandbox of this name, for looking; where there is none, one as it would be, for looking makes none */
export function lookAt({ sandboxes }: ControlParts, name: string): Promise<Sandbox> {
  return sandboxes.glance(name)
}

/**
 * @returns the sandbox of this name, for changing and for waiting; it comes into being where there is none
 * @throws NoRoom when there is none for another one
 */
export function openSandbox({ sandboxes }: ControlParts, name: string): Sandbox {
  return sandboxes.open(name)
}

/**
 * Runs `work` as one transaction over the sandbox's records of a system.
 * @param place the sandbox, or what a turn sees of it where more than this transaction has to be of one piece
 */
export async function transact<T>(place: Sandbox | Turn, system: System, work: (tx: AnyTransaction) => Promise<T>): Promise<T> {
  const { value } = await (place instanceof Turn ? place.transact(system.id, work) : place.store(system.id).transact(work))
  return value
}

/** Changes what is set for some systems of a sandbox, in one step. */
export async function changeSystems(sandbox: Sandbox, systems: readonly System[], change: (switches: SystemSwitches, system: System) => SystemSwitches): Promise<void> {
  await sandbox.control.change((state) => {
    const changed = systems.flatMap((system) => {
      const switches = state.systems[system.id]
      return switches === undefined ? [] : [[system.id, change(switches, system)] as const]
    })
    return { ...state, systems: { ...state.systems, ...Object.fromEntries(changed) } }
  })
}

/** @returns the moment as ISO 8601 in UTC */
export function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

/** @returns the moment as ISO 8601 in UTC, or null where there is none */
export function instantOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : instant(milliseconds)
}
