/** How arguments that stand for time are read. */
import { InvalidArgumentError } from 'commander'
import { DURATION_FORMS, parseDuration } from '../../core/duration.js'

/** For an argument that is a duration; the stub is given it as it stands. */
export function durationFlag(text: string): string {
  if (parseDuration(text) === null) throw new InvalidArgumentError(`write it like ${DURATION_FORMS}.`)
  return text
}

/** For an argument that names a call of the journal. */
export function callNumber(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new Error(`${JSON.stringify(text)} is no number of a call; "understudy ctl history" shows them`)
  return Number(text)
}
