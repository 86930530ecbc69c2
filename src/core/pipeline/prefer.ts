/** What a single request says is to happen to it: `Prefer: error=…, code=…, delay=…` (RFC 7240), or `__error`, `__code`, `__delay` in its query. */
import { parseMilliseconds } from '../duration.js'
import { faultFailure } from '../faults/error.js'
import type { FailureExamples } from '../faults/examples.js'
import type { ErrorFault } from '../faults/rule.js'
import { problemReply } from '../problem.js'
import type { Reply } from '../reply.js'
import type { Exchange } from './exchange.js'

const MOST_DELAY = 600_000
const NAMES = ['error', 'code', 'delay'] as const

type Preferences = { readonly [K in (typeof NAMES)[number]]?: string }

/** @returns the step that carries out what the request prefers; a preference that cannot be met is refused, with what could be */
export function prefer(examples: FailureExamples) {
  return (exchange: Exchange): Promise<Reply | null> | null => {
    const { operation } = exchange
    const wanted = readPreferences(exchange)
    return operation === null || wanted === null ? null : carryOut(exchange, operation, wanted, examples)
  }
}

async function carryOut(exchange: Exchange, operation: string, wanted: Preferences, examples: FailureExamples): Promise<Reply | null> {
  const { system } = exchange
  const { error, code, delay } = wanted
  const wait = delay === undefined ? 0 : parseMilliseconds(delay)
  if (wait === null || wait > MOST_DELAY) {
    return refuse(`The delay ${JSON.stringify(delay)} is no whole number of milliseconds up to ${String(MOST_DELAY)}, and no duration like 2s.`)
  }
  if (code !== undefined && !/^-?\d{1,9}$/.test(code)) return refuse(`The code ${JSON.stringify(code)} is no whole number.`)
  const asked = error ?? code
  const fault: ErrorFault = error === undefined ? { kind: 'error', code: Number(code) } : { kind: 'error', error }
  const failure = asked === undefined ? null : await faultFailure(fault, system, operation, exchange.now, examples)
  if (asked !== undefined && failure === null) return refuseError(exchange, operation, asked)
  exchange.faults = ['prefer']
  exchange.applied = NAMES.flatMap((name) => (wanted[name] === undefined || (name === 'code' && error !== undefined) ? [] : [`${name}=${wanted[name]}`]))
  if (delay !== undefined) await exchange.wait(wait)
  if (failure !== null) {
    exchange.forced = true
    throw failure
  }
  return null
}

function readPreferences(exchange: Exchange): Preferences | null {
  const { prefer: header } = exchange.headers
  if (header === undefined && !exchange.search.includes('__')) return null
  const found: { -readonly [K in keyof Preferences]: string } = {}
  const stated = [header ?? ''].flat().join(',')
  for (const [, name = '', quoted, plain] of stated.matchAll(/(?:^|,)\s*([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s",;]*))/g)) {
    const key = NAMES.find((known) => known === name.toLowerCase())
    // RFC 7240: of several preferences of one name the first counts.
    if (key !== undefined) found[key] ??= quoted ?? plain ?? ''
  }
  for (const key of NAMES) {
    const value = exchange.query(`__${key}`)
    if (value !== undefined) found[key] = value
  }
  return Object.keys(found).length === 0 ? null : found
}

function refuse(detail: string): Reply {
  return problemReply(400, 'preference-not-understood', detail)
}

function refuseError({ system }: Exchange, operation: string, asked: string): Reply {
  const known = system.contract.operations[operation]?.errors ?? []
  const names = known.map((name) => `${name} (${String(system.contract.errors[name]?.code)})`).join(', ')
  return problemReply(400, 'no-such-error', `${operation} has no error ${asked}. It has ${names}.`, { known })
}
