/** How arguments are read that several commands take. */
import { InvalidArgumentError } from 'commander'
import { DURATION_FORMS, parseDuration, parseMilliseconds } from '../../core/duration.js'

/** For an argument that is a duration; the stub is given it as it stands. */
export function durationFlag(text: string): string {
  if (parseDuration(text) === null) throw new InvalidArgumentError(`write it like ${DURATION_FORMS}.`)
  return text
}

/** For an argument that is a duration, where the command counts in milliseconds. */
export function millisecondsFlag(text: string): number {
  const milliseconds = parseMilliseconds(text)
  if (milliseconds === null) throw new InvalidArgumentError(`write it like ${DURATION_FORMS}.`)
  return milliseconds
}

/**
 * For an argument that is a name and what it is to be.
 * @param form how to write it, for whoever did not
 */
export function pairOf(text: string, form = 'name=value'): readonly [name: string, value: string] {
  const [, name, value] = /^([^=]+)=(.+)$/.exec(text) ?? []
  if (name === undefined || value === undefined) throw new InvalidArgumentError(`write it like ${form}.`)
  return [name, value]
}

/** For an argument that names a call of the journal. */
export function callNumber(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new Error(`${JSON.stringify(text)} is no number of a call; "understudy ctl history" shows them`)
  return Number(text)
}
