/** The clock of a sandbox. */
import { type ClockState, freezeClock, readClock, resumeClock, setClock } from '../core/clock.js'
import { addDuration, DURATION_FORMS, parseDuration } from '../core/duration.js'
import type { Sandbox } from '../core/sandbox.js'
import { instant, lookAt, openSandbox } from './access.js'
import type { ControlHandlers } from './task.js'
import { quote, refusal } from '../core/surface/refusal.js'
import { expiringUntil } from './expiring.js'

const FIRST = 0
const LAST = Date.UTC(3000, 0, 1) - 1
/** So far an advance goes at the most. */
const MOST_YEARS = 50
const MOST_MONTHS = MOST_YEARS * 12

export const clock: ControlHandlers<'listExpiring' | 'getClock' | 'setClock' | 'advanceClock' | 'freezeClock' | 'resumeClock'> = {
  getClock: async ({ input, parts }) => change(await lookAt(parts, input.sandbox), (state) => state),

  setClock: async ({ input, parts }) => {
    const reading = parseInstant(input.now)
    return change(openSandbox(parts, input.sandbox), (state, real) => setClock(state, real, reading))
  },

  advanceClock: async ({ input, parts }) => {
    return change(openSandbox(parts, input.sandbox), (state, real) => setClock(state, real, later(readClock(state, real), input.by, 'by')))
  },

  freezeClock: async ({ input, parts }) => {
    const reading = input.at === undefined ? undefined : parseInstant(input.at)
    return change(openSandbox(parts, input.sandbox), (state, real) => freezeClock(state, real, reading))
  },

  listExpiring: async ({ input, parts }) => {
    const until = parseInstant(input.until)
    const all = await expiringUntil(parts, await lookAt(parts, input.sandbox), until)
    return { expiring: all.slice(0, input.limit).map(({ at, ...what }) => ({ ...what, at: instant(at) })), total: all.length }
  },

  resumeClock: async ({ input, parts }) => change(await lookAt(parts, input.sandbox), resumeClock),
}

/** Changes the clock in one step and tells what it shows. */
async function change(sandbox: Sandbox, step: (clock: ClockState, real: number) => ClockState) {
  const { real } = sandbox
  const { clock: changed } = await sandbox.control.change((state) => ({ ...state, clock: step(state.clock, real) }))
  const milliseconds = readClock(changed, real)
  return { now: instant(milliseconds), milliseconds, frozen: changed.frozenAt !== null }
}

/**
 * @returns the moment in milliseconds since 1970
 * @throws Refusal when it is no moment that a clock can show
 */
export function parseInstant(text: string): number {
  const reading = Date.parse(text)
  if (reading >= FIRST && reading <= LAST) return reading
  throw refusal(422, 'clock-out-of-range', `${quote(text)} is no moment that a clock can show. Give one from ${instant(FIRST)} to ${instant(LAST)}, such as 2026-01-31T08:30:00Z.`)
}

/**
 * @param start when a rule begins
 * @param span how long it acts
 * @returns the moment from which it does not act any more, in UTC as JSON has it
 * @throws Refusal when it is no duration, none at all, or leads beyond what a clock can show
 */
export function endOfRule(start: number, span: string): string {
  const end = later(start, span, 'for')
  if (end === start) throw durationMisfit(span, 'for', 'is no time at all; the rule would never act. Leave "for" out for one that acts until it is removed.')
  return instant(end)
}

function durationMisfit(text: string, field: string, message: string): Error {
  return refusal(400, 'invalid-request', `${quote(text)} ${message}`, { errors: [{ field, message }] })
}

/**
 * @param field where the duration stands in the request
 * @returns the moment so much later
 * @throws Refusal when it is no duration, or leads beyond what a clock can show
 */
export function later(start: number, by: string, field: string): number {
  const duration = parseDuration(by)
  if (duration === null) throw durationMisfit(by, field, `is no duration. Write it like ${DURATION_FORMS}.`)
  if (by.startsWith('-')) throw durationMisfit(by, field, 'goes back; here time goes on only. Setting the clock takes it back.')
  const months = duration.years * 12 + duration.months
  const end = months <= MOST_MONTHS ? addDuration(start, duration) : Number.POSITIVE_INFINITY
  if (!(end <= addDuration(start, { years: MOST_YEARS, months: 0, ms: 0 }))) {
    throw refusal(422, 'clock-out-of-range', `${quote(by)} is more than the ${String(MOST_YEARS)} years that a clock advances at once.`)
  }
  if (end > LAST) throw refusal(422, 'clock-out-of-range', `The clock would go beyond ${instant(LAST)}. Set it back with PUT …/clock.`)
  return end
}
