/** How flags that stand for time are read. */
import { InvalidArgumentError } from 'commander'
import { DURATION_FORMS, parseDuration, parseMilliseconds } from '../../core/duration.js'

/** For an argument that is a duration; the stub is given it as it stands. */
export function durationFlag(text: string): string {
  if (parseDuration(text) === null) throw new InvalidArgumentError(`write it like ${DURATION_FORMS}.`)
  return text
}

/** For a flag that is a span of time: `800`, `2s`. @returns milliseconds */
export function millisecondsFlag(text: string): number {
  const milliseconds = parseMilliseconds(text)
  if (milliseconds === null) throw new InvalidArgumentError('write it in milliseconds, as in 800, or like 2s.')
  return milliseconds
}

/** For a flag that is a span of time or a range of them: `800`, `2s`, `800-2500`, `1s-3s`. */
export function rangeFlag(text: string): { min: number; max?: number } {
  const parts = text.split('-').map(parseMilliseconds)
  const [min = null, max = null] = parts
  if (min === null || parts.length > 2 || (parts.length === 2 && max === null)) throw new InvalidArgumentError('write it like 800, 2s, 800-2500 or 1s-3s.')
  return { min, ...(max === null ? {} : { max }) }
}
