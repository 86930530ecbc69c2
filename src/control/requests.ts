/** The journal: what was asked and answered. */
import { pause } from '../core/clock.js'
import type { JournalEntry } from '../core/journal.js'
import type { Sandbox } from '../core/sandbox.js'
import { openSandbox } from './access.js'
import type { Call, Handlers } from './call.js'
import { filterOf, showEntry, showLine } from './entries.js'
import { quote, refusal } from './refusal.js'
import { streamEntries, streamLines } from './stream.js'

export const requests: Handlers<'listRequests' | 'clearRequests' | 'countRequests' | 'waitForRequest' | 'streamRequests' | 'getRequest' | 'listCallLines' | 'streamCallLines'> = {
  listRequests: async ({ input, parts }) => {
    const found = openSandbox(parts, input.sandbox).journal.entries.filter(filterOf(parts, input)).reverse()
    return { requests: found.slice(0, input.limit).map((entry) => showEntry(parts, entry, input.secrets)), meta: { total: found.length } }
  },

  clearRequests: async ({ input, parts }) => ({ count: openSandbox(parts, input.sandbox).journal.remove(filterOf(parts, input)) }),

  countRequests: async ({ input, parts }) => ({ count: openSandbox(parts, input.sandbox).journal.entries.filter(filterOf(parts, input)).length }),

  waitForRequest: async (call) => {
    const { input, parts } = call
    const sandbox = openSandbox(parts, input.sandbox)
    const entry = await nextEntry(sandbox, filterOf(parts, input), call)
    return showEntry(parts, entry, input.secrets)
  },

  streamRequests: async (call) => {
    const { input, parts, headers, gone } = call
    const sandbox = openSandbox(parts, input.sandbox)
    return streamEntries({ journal: sandbox.journal, fits: filterOf(parts, input), show: (entry) => showEntry(parts, entry, input.secrets), after: lastId(headers), gone })
  },

  listCallLines: async ({ input, parts }) => {
    const { entries, capacity } = openSandbox(parts, input.sandbox).journal
    const { after = 0, limit } = input
    return { lines: entries.filter(({ id }) => id > after).reverse().slice(0, limit).map(showLine), meta: { total: entries.length, capacity } }
  },

  streamCallLines: async ({ input, parts, headers, gone }) => streamLines({ journal: openSandbox(parts, input.sandbox).journal, show: showLine, after: lastId(headers), gone }),

  getRequest: async ({ input, parts }) => {
    const { entries } = openSandbox(parts, input.sandbox).journal
    const entry = entries.find(({ id }) => id === input.id)
    if (entry !== undefined) return showEntry(parts, entry, input.secrets)
    const [first] = entries
    const kept = first === undefined ? 'it is empty' : `it holds ${String(first.id)} to ${String(entries.at(-1)?.id)}`
    throw refusal(404, 'no-such-request', `The journal of ${quote(input.sandbox)} has no call ${String(input.id)}; ${kept}.`)
  },
}

/** @returns the number after which a stream goes on; null where it begins anew */
function lastId(headers: Call<'streamRequests'>['headers']): number | null {
  const last = headers['last-event-id']
  return last === undefined || last === '' ? null : Number(last)
}

/** @returns the earliest entry that fits, which may still be to come */
async function nextEntry({ name, journal }: Sandbox, fits: (entry: JournalEntry) => boolean, { input, gone }: Call<'waitForRequest'>): Promise<JournalEntry> {
  const present = journal.entries.find(fits)
  if (present !== undefined) return present
  let others = 0
  let found: JournalEntry | null = null
  let interrupted: 'reset' | 'deleted' | null = null
  const enough = new AbortController()
  const stop = () => {
    enough.abort()
  }
  const unsubscribe = journal.subscribe((event) => {
    if (event.type === 'entry') {
      if (!fits(event.entry)) others++
      else found ??= event.entry
    } else if (event.type === 'reset') interrupted ??= 'reset'
    else if (event.type === 'ended') interrupted ??= 'deleted'
    if (found !== null || interrupted !== null) stop()
  })
  gone.addEventListener('abort', stop)
  await pause(input.timeout, enough.signal)
  unsubscribe()
  gone.removeEventListener('abort', stop)
  return settle(found, interrupted, { name, others, timeout: input.timeout })
}

function settle(found: JournalEntry | null, interrupted: 'reset' | 'deleted' | null, { name, others, timeout }: { name: string; others: number; timeout: number }): JournalEntry {
  if (found !== null) return found
  if (interrupted !== null) throw refusal(409, 'wait-interrupted', `The sandbox ${quote(name)} was ${interrupted} while the call waited for a request to it. Wait again.`)
  const meanwhile = others === 0 ? 'none came at all' : `${String(others)} came that do not fit`
  throw refusal(404, 'no-matching-request', `No request to ${quote(name)} that fits came within ${String(timeout)} ms; ${meanwhile}. GET …/requests shows what the journal holds.`)
}
