/** Looking at a sandbox as it was after a call. */
import type { Sandbox } from '../core/sandbox.js'
import { quote, refusal } from '../core/surface/refusal.js'
import type { Turn } from '../core/turn.js'
import { lookAt } from './access.js'
import type { ControlParts } from './task.js'

/**
 * Looks at a sandbox, now or as it was.
 * @param at the number of a call, 0 for the beginning; now when left out
 * @param work looks, and changes nothing
 * @throws Refusal when history does not go back so far
 */
export async function looking<T>(parts: ControlParts, { sandbox: name, at }: { readonly sandbox: string; readonly at?: number }, work: (turn: Turn) => Promise<T>): Promise<T> {
  const sandbox = await lookAt(parts, name)
  if (at === undefined) return sandbox.during(work)
  const turn = await sandbox.at(at)
  if (turn === null) throw await tooFarBack(sandbox, at)
  return work(turn)
}

/** @returns why one cannot go back to the call, and how far one can */
export async function tooFarBack(sandbox: Sandbox, at: number) {
  const { first, last, isWhole } = await sandbox.reach()
  const calls = first === null || last === null ? 'no call' : `the calls ${String(first)} to ${String(last)}`
  return refusal(422, 'out-of-history', `${quote(sandbox.name)} cannot go back to ${at === 0 ? 'its beginning' : `call ${String(at)}`}. It can go back to ${calls}${isWhole ? ', and to its beginning (0)' : ''}: history reaches as far as the journal, and no further than the memory set aside for it. GET …/history lists it.`)
}
