/** One sandbox with one of the systems and a few users of its world, without a server around it; its clock is moved by hand. */
import { memoryEngine } from '../../src/core/engine/memory/engine.js'
import type { SystemRecords } from '../../src/core/sandbox-state.js'
import { Sessions } from '../../src/core/sessions.js'
import type { Doc, Transaction } from '../../src/core/store/types.js'
import type { System } from '../../src/core/system.js'
import type { Turn } from '../../src/core/turn.js'
import { sandboxesOn } from './sandboxes.js'

/** @returns the sandbox, and ways to work in it as calls do; all sessions may be read, and time passes when it is told to */
export async function oneSystem(system: System, users: readonly Doc[]) {
  let now = 1000
  const { users: { collection } } = system
  const state = { [collection]: system.state[collection] ?? { key: 'id' }, sessions: system.state['sessions'] ?? { key: 'id' } }
  const sandbox = (await sandboxesOn(memoryEngine(), { systems: { [system.id]: { state, records: { [collection]: users } } }, time: { now: () => now } })).open('one')
  const during = <T>(work: (turn: Turn) => Promise<T>) => sandbox.during(work, true)
  const within = <T>(work: (sessions: Sessions, tx: Transaction<SystemRecords>) => Promise<T>) => during(async (turn) => (await turn.transact(system.id, (tx) => work(new Sessions(system.sessions, tx, turn.tokens(system.id), turn.now), tx))).value)
  return { sandbox, during, within, all: () => within((_, tx) => tx.list('sessions', () => true)), pass: (milliseconds: number) => { now += milliseconds }, now: () => now }
}
