/** Times as this system writes them: texts at UTC+08:00 without a zone. Records keep milliseconds since 1970. */
import { beijingTime } from '../../plain/beijing.js'

/** @returns `YYYY-MM-DDTHH:MM:SS` */
export function toDateTime(ms: number): string {
  return beijingTime(ms)
}

/** @returns `YYYY/MM/DD` */
export function toDay(ms: number): string {
  return toDateTime(ms).slice(0, 10).replaceAll('-', '/')
}
