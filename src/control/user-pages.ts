/** Users in pages: found by what they are called, and those who are logged in before the others where that is asked for. */
import type { SessionRecord } from '../core/sessions.js'
import type { Doc } from '../core/store/types.js'
import type { System } from '../core/system.js'
import type { Turn } from '../core/turn.js'
import { systemsOf, transact } from './access.js'
import { looking } from './past.js'
import { showSession } from './sessions.js'
import type { ControlHandlers } from './task.js'
import { type Person, personOf, showUser } from './users.js'

/** Somebody who is logged in. */
interface Login {
  readonly system: System
  readonly person: Person
  readonly latest: SessionRecord
  readonly sessions: number
}

type Shown = ReturnType<typeof showUser> & { readonly login?: { readonly sessions: number; readonly latest: ReturnType<typeof showSession> } }

export const userPages: ControlHandlers<'listUsers'> = {
  // Records are looked at one by one; only those of the page are shown, however many a world has.
  listUsers: ({ input, parts }) => {
    const { q = '', loggedIn, offset, limit } = input
    const words = q.toLowerCase().split(/\s+/).filter((word) => word !== '')
    return looking(parts, input, async (turn) => {
      const systems = systemsOf(parts, input.system)
      const everybody = loggedIn === undefined ? [] : await Promise.all(systems.map((system) => loginsOf(turn, system)))
      const logins = everybody.flat().filter(({ system, person }) => fits(system, person.record, words)).sort((a, b) => b.latest.issuedAt - a.latest.issuedAt)
      const shown = logins.slice(offset, offset + limit).map(({ system, person, latest, sessions }): Shown => ({ ...showUser(system, person), login: { sessions, latest: showSession(system, latest, turn.now, false) } }))
      let total = logins.length
      if (loggedIn !== 'only') {
        for (const [i, system] of systems.entries()) {
          const without = new Set(everybody[i]?.map(({ person }) => person.id))
          const { records, count } = await recordsOf(turn, system, { words, without, from: offset - total, to: offset + limit - total })
          shown.push(...records.map((record) => showUser(system, personOf(system, record))))
          total += count
        }
      }
      return { users: shown, total }
    })
  },
}

/** @returns those of a system who are logged in; sessions of users who are no more are left out */
function loginsOf(turn: Turn, system: System): Promise<readonly Login[]> {
  return transact(turn, system, async (tx) => {
    const byUser = new Map<string, { latest: SessionRecord; sessions: number }>()
    for (const session of await tx.list('sessions', ({ endedAt }) => endedAt === null)) {
      const known = byUser.get(session.userId)
      const latest = known === undefined || session.issuedAt >= known.latest.issuedAt ? session : known.latest
      byUser.set(session.userId, { latest, sessions: (known?.sessions ?? 0) + 1 })
    }
    const found = await Promise.all([...byUser].map(async ([id, login]): Promise<Login[]> => {
      const record = await tx.get(system.users.collection, system.users.key(id))
      return record === undefined ? [] : [{ system, person: personOf(system, record), ...login }]
    }))
    return found.flat()
  })
}

interface Wanted {
  readonly words: readonly string[]
  /** Ids of those who have been listed already. */
  readonly without: ReadonlySet<string>
  /** Of those that fit, the first one that is wanted and the one after the last. */
  readonly from: number
  readonly to: number
}

function recordsOf(turn: Turn, system: System, { words, without, from, to }: Wanted): Promise<{ readonly records: readonly Doc[]; readonly count: number }> {
  const key = system.state[system.users.collection]?.key ?? ''
  return transact(turn, system, async (tx) => {
    let count = 0
    const records = await tx.list(system.users.collection, (record) => {
      if (without.has(String(record[key])) || !fits(system, record, words)) return false
      const place = count++
      return place >= from && place < to
    })
    return { records, count }
  })
}

/** @returns whether what the user is called has all of the words in it */
function fits(system: System, record: Doc, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const { names, realm } = system.users
  const key = system.state[system.users.collection]?.key ?? ''
  const fields = [key, ...names, ...(realm === null ? [] : [realm])].map((name) => record[name] ?? '')
  const text = [system.id, ...fields, ...(system.users.roles?.(record) ?? [])].map(String).join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}
