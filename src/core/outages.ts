/** Outages: simulated services that are out of order until the control plane mends them. */
import type { System } from './system.js'

/** Every system may fail as a whole, or because its database does. */
const OF_EVERY_SYSTEM = ['internal', 'database']

/** @returns the outages that a system knows */
export function knownOutages(system: System): readonly string[] {
  return [...new Set([...OF_EVERY_SYSTEM, ...system.outages])]
}

/**
 * @param out the names that are out of order
 * @returns whether the system fails as a whole for this reason. A database that the system's operations ask for themselves
 * is theirs to fail on; any other one takes the system with it.
 */
export function isOut(system: System, out: readonly string[], reason: 'internal' | 'network'): boolean {
  if (reason === 'network') return out.includes('network')
  return out.includes('internal') || (out.includes('database') && !system.outages.includes('database'))
}
