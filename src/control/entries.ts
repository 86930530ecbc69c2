/** Journal entries as the control plane shows them, and the filters that choose among them. */
import type { EntryHead, JournalEntry, KeptBody } from '../core/journal.js'
import { didYouMean } from '../core/guess.js'
import { operationNames } from '../core/sockets/definition.js'
import { quote, refusal } from '../core/surface/refusal.js'
import { pathOf } from '../plain/url.js'
import type { ReplyHeaders } from '../core/reply.js'
import type { CallHeaders } from '../core/stage/call.js'
import type { ControlParts, Task } from './task.js'
import { systemsOf } from './access.js'
import { type Adopted, type EntryVeil, veilOf } from './veil.js'
import { globTest } from './glob.js'
import { nearMisses } from './near-misses.js'
import { mask } from '../core/secrets.js'

type Filters = Omit<Task<'countRequests'>['input'], 'sandbox'>

/**
 * @returns the test that an entry has to pass
 * @throws Refusal when the filters name a system that is not served, or an operation or an error that no system has which is asked about
 */
export function filterOf(parts: ControlParts, filters: Filters): (entry: EntryHead) => boolean {
  const { system, operationId, method, path, status, error, user, unmatched, preflight, violations, after } = filters
  const asked = systemsOf(parts, system)
  checkName('operation', operationId, asked.flatMap(operationNames), system)
  checkName('error', error, asked.flatMap(({ contract }) => Object.keys(contract.errors)), system)
  const fits = path === undefined ? null : globTest(path)
  return (entry) =>
    (system === undefined || entry.system === system) &&
    (operationId === undefined || entry.operation === operationId) &&
    (method === undefined || entry.method === method.toUpperCase()) &&
    (fits === null || fits(pathOf(entry.url))) &&
    (status === undefined || entry.status === status) &&
    (error === undefined || entry.error === error) &&
    (user === undefined || entry.user === user) &&
    (unmatched === undefined || (entry.operation === null && !entry.preflight) === unmatched) &&
    (preflight === undefined || entry.preflight === preflight) &&
    (violations === undefined || entry.violations.length > 0 === violations) &&
    (after === undefined || entry.id > after)
}

/** Of a name that nobody has there are no calls, which is what a test would see that misspells it. */
function checkName(what: 'operation' | 'error', given: string | undefined, names: readonly string[], system: string | undefined): void {
  if (given === undefined || names.includes(given)) return
  const known = [...new Set(names)]
  throw refusal(400, 'invalid-request', `${system === undefined ? 'No system has an' : `${system} has no`} ${what} ${quote(given)}.${didYouMean(given, known)}`, { known })
}

/**
 * @param adopted the tokens that real backends have given
 * @returns the entry for people and programs; secrets in it are masked unless asked for
 */
export function showEntry({ served }: ControlParts, entry: JournalEntry, secrets: boolean, adopted: Adopted) {
  const veil = veilOf(entry, secrets, adopted)
  const system = served.get(entry.system)?.system
  return {
    id: entry.id,
    at: new Date(entry.at).toISOString(),
    duration: Math.round(entry.duration * 1000) / 1000,
    system: entry.system,
    operationId: entry.operation,
    preflight: entry.preflight,
    request: {
      method: entry.method,
      url: veil.url(entry.url),
      headers: showHeaders(entry.requestHeaders, veil),
      body: showBody(entry.requestBody, entry.requestHeaders['content-type'], veil),
    },
    response: {
      status: entry.status,
      headers: showHeaders(entry.responseHeaders, veil),
      body: showBody(entry.responseBody, entry.responseHeaders['content-type'], veil),
    },
    user: entry.user === null ? null : veil.text(entry.user),
    error: entry.error,
    faults: [...entry.faults],
    violations: entry.violations.map(veil.text),
    changes: entry.changes.map(({ collection, key, before, after }) => ({ collection, key: typeof key === 'string' ? veil.text(key) : key, before: showRecord(before, veil), after: showRecord(after, veil) })),
    ...(entry.changesLeftOut !== undefined && { changesLeftOut: entry.changesLeftOut }),
    source: entry.via?.source ?? ('stub' as const),
    sourceReason: typeof entry.via?.reason === 'string' ? veil.text(entry.via.reason) : null,
    nearMisses: entry.operation !== null || entry.preflight || system === undefined ? [] : nearMisses(system, entry.method, entry.url),
  }
}


function showRecord(record: Readonly<Record<string, unknown>> | null, veil: EntryVeil): Record<string, unknown> | null {
  if (record === null) return null
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, veil.value(value, name)]))
}

function showHeaders(headers: CallHeaders | ReplyHeaders, veil: EntryVeil): Record<string, string | string[]> {
  const shown = Object.entries(headers).flatMap(([name, value]): [string, string | string[]][] => {
    if (value === undefined) return []
    const show = veil.isHidden(name) ? mask : veil.header
    return [[name, typeof value === 'string' ? show(value) : [...value].map(show)]]
  })
  return Object.fromEntries(shown)
}

function showBody(body: KeptBody | null, type: string | readonly string[] | undefined, veil: EntryVeil) {
  if (body === null) return null
  const { size, content, encoding } = body
  const bytes = Buffer.from(content, encoding)
  const truncated = bytes.length < size
  const text = encoding === 'utf8' ? content : decodeText(bytes, truncated)
  const kind = String(type ?? '')
  if (text !== null) return { bytes: size, truncated, text: veil.body(text, kind), base64: null }
  return { bytes: size, truncated, text: null, base64: Buffer.from(veil.bytes(bytes.toString('latin1'), kind), 'latin1').toString('base64') }
}

/** Where a body was cut, its last character may be cut as well. */
function decodeText(bytes: Buffer, truncated: boolean): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: truncated })
  } catch {
    return null
  }
}
