/** Spans of time as tests write them. */
import { DURATION_FORMS, parseMilliseconds } from '../core/duration.js'

/**
 * @param name what the span is of, as its author writes it: `clock.advance`
 * @returns the text as it stands; the stub says what is wrong with one that is no duration
 * @throws TypeError when it is no text: a bare number does not say of what
 */
export function durationOf(name: string, given: unknown): string {
  if (typeof given === 'string') return given
  const advice = typeof given === 'number' ? `write "${String(given)}s" for seconds, "${String(given)}ms" for milliseconds` : `write it like ${DURATION_FORMS}`
  throw new TypeError(`${name} takes a duration with its unit, and not ${typeof given === 'number' ? String(given) : typeof given}; ${advice}`)
}

/**
 * @returns milliseconds; a number is that already
 * @throws TypeError when a text is no span of a fixed length
 */
export function millisecondsOf(name: string, given: number | string): number {
  if (typeof given !== 'string') return given
  const milliseconds = parseMilliseconds(given)
  if (milliseconds === null) throw new TypeError(`${name} is ${JSON.stringify(given)}; it has to be a number of milliseconds, or like 2s or 250ms`)
  return milliseconds
}
