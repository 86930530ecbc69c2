/** How arguments that stand for time are read. */
import { InvalidArgumentError } from 'commander'
import { DURATION_FORMS, parseDuration } from '../../core/duration.js'

/** For an argument that is a duration; the stub is given it as it stands. */
export function durationFlag(text: string): string {
  if (parseDuration(text) === null) throw new InvalidArgumentError(`write it like ${DURATION_FORMS}.`)
  return text
}
