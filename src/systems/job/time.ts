/** Times as this system writes them: texts at UTC+08:00. Records keep milliseconds since 1970. */
import { beijingTime, fromBeijingTime } from '../../plain/beijing.js'

/** @returns `YYYY-MM-DD HH:mm:ss` */
export function toDateTime(ms: number): string {
  return beijingTime(ms).replace('T', ' ')
}

/** @returns the moment of a `YYYY-MM-DD HH:mm:ss`, or null where the calendar has none, as on the 30th of February */
export function fromDateTime(text: string): number | null {
  const ms = fromBeijingTime(text.replace(' ', 'T'))
  // Date.parse takes a day that the month has not for one of the next month.
  return !Number.isNaN(ms) && toDateTime(ms) === text ? ms : null
}

/** @returns the last second of a day `YYYY-MM-DD`, which is when something good for that day ends (QUIRKS.md #14) */
export function endOfDate(date: string): number {
  return fromBeijingTime(`${date}T23:59:59`)
}
