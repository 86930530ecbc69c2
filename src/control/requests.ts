/** The journal: what was asked and answered. */
import { pause } from '../core/clock.js'
import type { EntryHead, JournalEntry } from '../core/journal.js'
import type { Feed } from '../core/sandbox-journal.js'
import type { Sandbox } from '../core/sandbox.js'
import { lookAt, openSandbox } from './access.js'
import type { ControlHandlers, Task } from './task.js'
import { filterOf, showEntry } from './entries.js'
import { showLine } from './lines.js'
import { type Adopted, adoptedOf } from './veil.js'
import { quote, refusal } from '../core/surface/refusal.js'
import { streamEntries, streamLines } from './stream.js'

export const requests: ControlHandlers<'listRequests' | 'clearRequests' | 'countRequests' | 'waitForRequest' | 'streamRequests' | 'getRequest' | 'listCallLines' | 'streamCallLines'> = {
  listRequests: async ({ input, parts }) => {
    const sandbox = await lookAt(parts, input.sandbox)
    const { entries, total, oldest } = await sandbox.journal.newest(filterOf(parts, input), input.limit)
    const adopted = await adoptedOf(parts, sandbox, entries)
    return { requests: await parts.sandboxes.pace.map(entries, (entry) => showEntry(parts, entry, input.secrets, adopted)), meta: { total, oldest } }
  },

  clearRequests: async ({ input, parts }) => ({ count: await (await lookAt(parts, input.sandbox)).journal.remove(filterOf(parts, input)) }),

  countRequests: async ({ input, parts }) => {
    const fits = filterOf(parts, input)
    return { count: (await (await lookAt(parts, input.sandbox)).journal.heads()).filter(fits).length }
  },

  waitForRequest: async (task) => {
    const { input, parts } = task
    const sandbox = openSandbox(parts, input.sandbox)
    const entry = await nextEntry(sandbox, filterOf(parts, input), task)
    return showEntry(parts, entry, input.secrets, await adoptedOf(parts, sandbox, [entry]))
  },

  streamRequests: async ({ input, parts, headers, call }) => {
    const fits = filterOf(parts, input)
    const sandbox = openSandbox(parts, input.sandbox)
    const [feed, adopted] = await listening(sandbox.journal.follow(lastId(headers)), adoptedOf(parts, sandbox))
    return streamEntries({ feed, budget: parts.budget, fits, show: (entry) => showEntry(parts, entry, input.secrets, adopted), call })
  },

  listCallLines: async ({ input, parts }) => {
    const sandbox = await lookAt(parts, input.sandbox)
    const { journal } = sandbox
    const { after = 0, before = Number.POSITIVE_INFINITY, limit } = input
    const { size: total, limit: capacity } = await journal.status()
    const { entries, oldest } = await journal.newest(({ id }) => id > after && id < before, limit)
    const adopted = await adoptedOf(parts, sandbox, entries)
    return { lines: entries.map((entry) => showLine(entry, adopted)), meta: { total, capacity, oldest } }
  },

  streamCallLines: async ({ input, parts, headers, call }) => {
    const sandbox = openSandbox(parts, input.sandbox)
    const known = adoptedOf(parts, sandbox)
    const [feed, adopted] = await listening(parts.lines.follow(sandbox.journal, lastId(headers), known), known)
    return streamLines({ feed, budget: parts.budget, call, adopted })
  },

  getRequest: async ({ input, parts }) => {
    const sandbox = await lookAt(parts, input.sandbox)
    const { journal } = sandbox
    const entry = await journal.entry(input.id)
    if (entry !== undefined) return showEntry(parts, entry, input.secrets, await adoptedOf(parts, sandbox, [entry]))
    const heads = await journal.heads()
    const [first] = heads
    const kept = first === undefined ? 'it is empty' : `it holds ${String(first.id)} to ${String(heads.at(-1)?.id)}`
    throw refusal(404, 'no-such-request', `The journal of ${quote(input.sandbox)} has no call ${String(input.id)}; ${kept}.`)
  },
}

/** It listens before anything is waited for, so that no call that comes meanwhile is missed; and no more where what is to be hidden cannot be found. */
async function listening<E>(feed: Promise<Feed<E>>, adopted: Promise<Adopted>): Promise<readonly [Feed<E>, Adopted]> {
  try {
    return await Promise.all([feed, adopted])
  } catch (error) {
    feed.then((begun) => {
      begun.stop()
    }, () => undefined)
    throw error
  }
}

/** @returns the number after which a stream goes on; null where it begins anew */
function lastId(headers: Task<'streamRequests'>['headers']): number | null {
  const last = headers['last-event-id']
  return last === undefined || last === '' ? null : Number(last)
}

/** @returns the earliest entry that fits, which may still be to come */
async function nextEntry({ name, journal }: Sandbox, fits: (entry: EntryHead) => boolean, { input, call: { signal: gone } }: Task<'waitForRequest'>): Promise<JournalEntry> {
  let others = 0
  let found: JournalEntry | null = null
  let interrupted: 'reset' | 'deleted' | null = null
  const enough = new AbortController()
  const stop = () => {
    enough.abort()
  }
  const unsubscribe = journal.subscribe((event) => {
    if (event.type === 'entry') {
      if (!fits(event.head)) others++
      else found ??= event.entry
    } else if (event.type === 'reset') interrupted ??= 'reset'
    else if (event.type === 'ended') interrupted ??= 'deleted'
    if (found !== null || interrupted !== null) stop()
  })
  gone.addEventListener('abort', stop)
  const earliest = (await journal.heads()).find(fits)
  const present = earliest === undefined ? undefined : await journal.entry(earliest.id)
  if (present === undefined) await pause(input.timeout, enough.signal)
  unsubscribe()
  gone.removeEventListener('abort', stop)
  return settle(present ?? found, interrupted, { name, others, timeout: input.timeout })
}

function settle(found: JournalEntry | null, interrupted: 'reset' | 'deleted' | null, { name, others, timeout }: { name: string; others: number; timeout: number }): JournalEntry {
  if (found !== null) return found
  if (interrupted !== null) throw refusal(409, 'wait-interrupted', `The sandbox ${quote(name)} was ${interrupted} while the call waited for a request to it. Wait again.`)
  const meanwhile = others === 0 ? 'none came at all' : `${String(others)} came that do not fit`
  throw refusal(404, 'no-matching-request', `No request to ${quote(name)} that fits came within ${String(timeout)} ms; ${meanwhile}. GET …/requests shows what the journal holds.`)
}
