/** Journal entries as the control plane shows them, and the filters that choose among them. */
import type { EntryHead, JournalEntry, KeptBody } from '../core/journal.js'
import { pathOf, searchOf } from '../plain/url.js'
import type { ReplyHeaders } from '../core/reply.js'
import type { CallHeaders } from '../core/stage/call.js'
import type { ControlParts, Task } from './task.js'
import { systemOf } from './access.js'
import { globTest } from './glob.js'
import { nearMisses } from './near-misses.js'
import { isSecret, mask, maskDeep, maskForm } from './secrets.js'

type Filters = Omit<Task<'countRequests'>['input'], 'sandbox'>

/**
 * @returns the test that an entry has to pass
 * @throws Refusal when the filters name a system that is not served
 */
export function filterOf(parts: ControlParts, filters: Filters): (entry: EntryHead) => boolean {
  const { system, operationId, method, path, status, error, user, unmatched, preflight, violations, after } = filters
  if (system !== undefined) systemOf(parts, system)
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

/** @returns the entry for people and programs; secrets in it are masked unless asked for */
export function showEntry({ served }: ControlParts, entry: JournalEntry, secrets: boolean) {
  const cover = <T>(value: T, masked: (value: T) => T): T => (secrets ? value : masked(value))
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
      url: cover(entry.url, maskUrl),
      headers: showHeaders(entry.requestHeaders, secrets),
      body: showBody(entry.requestBody, entry.requestHeaders['content-type'], secrets),
    },
    response: {
      status: entry.status,
      headers: showHeaders(entry.responseHeaders, secrets),
      body: showBody(entry.responseBody, entry.responseHeaders['content-type'], secrets),
    },
    user: entry.user,
    error: entry.error,
    faults: [...entry.faults],
    violations: [...entry.violations],
    changes: entry.changes.map(({ collection, key, before, after }) => ({ collection, key, before: showRecord(before, secrets), after: showRecord(after, secrets) })),
    ...(entry.changesLeftOut !== undefined && { changesLeftOut: entry.changesLeftOut }),
    source: entry.via?.source ?? ('stub' as const),
    sourceReason: entry.via?.reason ?? null,
    nearMisses: entry.operation !== null || entry.preflight || system === undefined ? [] : nearMisses(system, entry.method, entry.url),
  }
}

/** So much of a URL stands in a line. */
const MOST_URL = 300

/** @returns what a list shows of the entry, without secrets */
export function showLine({ id, at, duration, system, operation, method, url, status, error, user, faults, violations, changes, changesLeftOut = 0, via }: JournalEntry) {
  return {
    id,
    at: new Date(at).toISOString(),
    duration: Math.round(duration * 1000) / 1000,
    system,
    operationId: operation,
    method,
    url: maskUrl(url).slice(0, MOST_URL),
    status,
    error,
    user,
    faults: [...faults],
    violations: violations.length,
    changes: changes.length + changesLeftOut,
    source: via?.source ?? ('stub' as const),
  }
}

function showRecord(record: Readonly<Record<string, unknown>> | null, secrets: boolean): Record<string, unknown> | null {
  if (record === null) return null
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, secrets ? value : maskDeep(value, name)]))
}

function showHeaders(headers: CallHeaders | ReplyHeaders, secrets: boolean): Record<string, string | string[]> {
  const shown = Object.entries(headers).flatMap(([name, value]): [string, string | string[]][] => {
    if (value === undefined) return []
    const hidden = !secrets && isSecret(name)
    return [[name, typeof value === 'string' ? (hidden ? mask(value) : value) : [...value].map((item) => (hidden ? mask(item) : item))]]
  })
  return Object.fromEntries(shown)
}

function showBody(body: KeptBody | null, type: string | readonly string[] | undefined, secrets: boolean) {
  if (body === null) return null
  const { size, content, encoding } = body
  const bytes = Buffer.from(content, encoding)
  const truncated = bytes.length < size
  const text = encoding === 'utf8' ? content : decodeText(bytes, truncated)
  const shown = text === null || secrets ? text : maskText(text, String(type ?? ''))
  return { bytes: size, truncated, text: shown, base64: text === null ? bytes.toString('base64') : null }
}

/** Where a body was cut, its last character may be cut as well. */
function decodeText(bytes: Buffer, truncated: boolean): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: truncated })
  } catch {
    return null
  }
}

function maskText(text: string, type: string): string {
  if (type.startsWith('application/x-www-form-urlencoded')) return maskForm(text)
  try {
    const value: unknown = JSON.parse(text)
    const masked = maskDeep(value)
    return JSON.stringify(masked) === JSON.stringify(value) ? text : JSON.stringify(masked)
  } catch {
    // What is no JSON as a whole (cut, or broken by the client) may still hold members that look like it.
    return text.replace(/"([^"\\]{1,100})"(\s*:\s*)"((?:[^"\\]|\\.)*)("?)/g, (whole, key: string, colon: string, value: string, end: string) => {
      return isSecret(key) && value !== '' ? `"${key}"${colon}"${mask(value)}${end}` : whole
    })
  }
}

function maskUrl(url: string): string {
  return url.includes('?') ? `${pathOf(url)}?${maskForm(searchOf(url))}` : url
}
