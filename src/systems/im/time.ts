/** Times as this system writes them: texts at UTC+08:00 without a zone. Records keep milliseconds since 1970. */

const BEIJING = 8 * 3_600_000

/** @returns `YYYY-MM-DDTHH:MM:SS` */
export function toDateTime(ms: number): string {
  return new Date(ms + BEIJING).toISOString().slice(0, 19)
}

/** @returns `YYYY/MM/DD` */
export function toDay(ms: number): string {
  return toDateTime(ms).slice(0, 10).replaceAll('-', '/')
}
