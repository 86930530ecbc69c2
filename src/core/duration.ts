/** Durations, as the control plane, the command line and the fixtures take them: ISO 8601, or as people type them. */

/** The parts of a duration; all have the same sign. */
export interface Duration {
  readonly years: number
  readonly months: number
  /** Weeks, days, hours, minutes and seconds together, in milliseconds. */
  readonly ms: number
}

const PATTERN =
  /^([+-])?P(?=[\dT])(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d{1,3})?)S)?)?$/

/** `2h`, `90s`, `1h30m`: small letters, the largest part first. */
const SHORT = /^([+-])?(?=\d)(?:(\d+)y)?(?:(\d+)mo)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?![os]))?(?:(\d+(?:\.\d{1,3})?)s)?(?:(\d+)ms)?$/

/** How to write one, for whoever did not. */
export const DURATION_FORMS = '2h, 90s, 30d, 1h30m or PT10M1S'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * @param text `2h`, `90s`, `30d`, `1h30m`, `1y6mo`, `250ms`, or an ISO 8601 duration (`PT10M1S`, `P1Y2M`); a sign may stand in front: `-10d`
 * @returns its parts, or null when the text is no duration
 */
export function parseDuration(text: string): Duration | null {
  const match = PATTERN.exec(text) ?? SHORT.exec(text)
  if (match === null) return null
  const [, sign, years, months, weeks, days, hours, minutes, seconds, milliseconds] = match
  const factor = sign === '-' ? -1 : 1
  const count = (digits: string | undefined) => Number((digits ?? '0').replace(',', '.')) * factor
  const ms =
    count(weeks) * 7 * DAY + count(days) * DAY + count(hours) * HOUR + count(minutes) * MINUTE + count(seconds) * SECOND + count(milliseconds)
  // `+ 0` turns the -0 of an absent part into 0.
  return { years: count(years) + 0, months: count(months) + 0, ms: Math.round(ms) + 0 }
}

/**
 * @param text a span of time of a fixed length: milliseconds as a bare number, or a duration without a sign, years and months
 * @returns milliseconds, or null when the text is neither
 */
export function parseMilliseconds(text: string): number | null {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const duration = /^[+-]/.test(text) ? null : parseDuration(text)
  return duration === null || duration.years !== 0 || duration.months !== 0 ? null : duration.ms
}

/**
 * @param start milliseconds since 1970
 * @returns `start` moved by the duration; years and months follow the UTC calendar, and a day that the month has not becomes its last
 */
export function addDuration(start: number, duration: Duration): number {
  if (duration.years === 0 && duration.months === 0) return start + duration.ms
  const date = new Date(start)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + duration.months + duration.years * 12)
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, lastDay))
  return date.getTime() + duration.ms
}
