/** What a single request says is to happen to it: `Prefer: error=…, code=…, delay=…` (RFC 7240), or `__error`, `__code`, `__delay` in its query. */
import { parseMilliseconds } from '../duration.js'
import { type ErrorFault, faultFailure } from '../faults/error.js'
import type { FailureExamples } from '../faults/examples.js'
import { problemReply } from '../problem.js'
import type { Reply } from '../reply.js'
import type { Addressed } from './address.js'
import { type Mishaps, NO_MISHAPS } from './mishaps.js'
import type { Routed } from './route.js'

const MOST_DELAY = 600_000
const NAMES = ['error', 'code', 'delay'] as const

/** What a request asked for. */
export type Preferences = { readonly [K in (typeof NAMES)[number]]?: string }

/** Carries out what the request prefers. @returns what came of it; a preference that cannot be met is refused, with what could be */
export async function carryOut({ arrival, operation }: Routed, wanted: Preferences, examples: FailureExamples): Promise<Mishaps> {
  const { system, turn, call } = arrival
  const { error, code, delay } = wanted
  const wait = delay === undefined ? 0 : parseMilliseconds(delay)
  if (wait === null || wait > MOST_DELAY) {
    return refuse(`The delay ${JSON.stringify(delay)} is no whole number of milliseconds up to ${String(MOST_DELAY)}, and no duration like 2s.`)
  }
  if (code !== undefined && !/^-?\d{1,9}$/.test(code)) return refuse(`The code ${JSON.stringify(code)} is no whole number.`)
  const asked = error ?? code
  const fault: ErrorFault = error === undefined ? { kind: 'error', code: Number(code) } : { kind: 'error', error }
  const failure = asked === undefined ? null : await faultFailure(fault, system, operation, turn.now, examples)
  if (asked !== undefined && failure === null) return refuseError(arrival, operation, asked)
  if (delay !== undefined) await turn.pause(wait, call.signal)
  const applied = NAMES.flatMap((name) => (wanted[name] === undefined || (name === 'code' && error !== undefined) ? [] : [`${name}=${wanted[name]}`]))
  return { ...NO_MISHAPS, rules: ['prefer'], applied, end: failure }
}

/** @returns what the request prefers; null where it says nothing of the kind */
export function readPreferences(arrival: Addressed): Preferences | null {
  const { prefer: header } = arrival.call.headers
  if (header === undefined && !arrival.search.includes('__')) return null
  const found: { -readonly [K in keyof Preferences]: string } = {}
  const stated = [header ?? ''].flat().join(',')
  for (const [, name = '', quoted, plain] of stated.matchAll(/(?:^|,)\s*([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s",;]*))/g)) {
    const key = NAMES.find((known) => known === name.toLowerCase())
    // RFC 7240: of several preferences of one name the first counts.
    if (key !== undefined) found[key] ??= quoted ?? plain ?? ''
  }
  for (const key of NAMES) {
    const value = arrival.query.get(`__${key}`)
    if (value !== undefined) found[key] = value
  }
  return Object.keys(found).length === 0 ? null : found
}

function refuse(detail: string): Mishaps {
  return endWith(problemReply(400, 'preference-not-understood', detail))
}

function refuseError({ system }: Addressed, operation: string, asked: string): Mishaps {
  const known = system.contract.operations[operation]?.errors ?? []
  const names = known.map((name) => `${name} (${String(system.contract.errors[name]?.code)})`).join(', ')
  return endWith(problemReply(400, 'no-such-error', `${operation} has no error ${asked}. It has ${names}.`, { known }))
}

function endWith(reply: Reply): Mishaps {
  return { ...NO_MISHAPS, end: reply }
}
