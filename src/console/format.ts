/** Times and sizes as people read them. */
import { language, t } from './language.js'

const pad = (value: number, length = 2) => String(value).padStart(length, '0')

/** @returns hours, minutes and seconds in the reader's time zone; milliseconds where calls are told apart */
export function timeOfDay(moment: number, withMilliseconds = false): string {
  const date = new Date(moment)
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
  return withMilliseconds ? `${time}.${pad(date.getMilliseconds(), 3)}` : time
}

/** @returns year, month and day in the reader's time zone */
export function dayOf(moment: number): string {
  const date = new Date(moment)
  return `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
}

/** @returns day and time */
export function dayAndTime(moment: number): string {
  return `${dayOf(moment)} ${timeOfDay(moment)}`
}

const UNITS = [
  [86_400_000, 'd', '天'],
  [3_600_000, 'h', '小时'],
  [60_000, 'min', '分'],
  [1000, 's', '秒'],
] as const

/** @returns a span in its two largest units: `1 d 2 h`; `0 s` for less than a second */
export function span(milliseconds: number): string {
  const parts: string[] = []
  let rest = Math.abs(milliseconds)
  for (const [unit, en, zh] of UNITS) {
    const count = Math.floor(rest / unit)
    rest -= count * unit
    if (count > 0 || (unit === 1000 && parts.length === 0)) parts.push(`${String(count)} ${t(en, zh)}`)
    if (parts.length === 2 || (parts.length === 1 && count === 0)) break
  }
  return parts.join(' ')
}

/** @returns a difference of two clocks without what reading them took, so that it does not flicker from one second to the next */
export function inSeconds(milliseconds: number): number {
  return Math.round(milliseconds / 1000) * 1000
}

/** @returns how long something took */
export function took(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`
  return milliseconds < 10_000 ? `${String(Math.round(milliseconds))} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}

/** @returns a size in bytes, for people */
export function size(bytes: number): string {
  return bytes < 1024 ? `${String(bytes)} B` : `${(bytes / 1024).toFixed(1)} KiB`
}

/** @returns a count with separators of the reader's language */
export function count(value: number): string {
  return value.toLocaleString(language.value === 'zh' ? 'zh-CN' : 'en')
}

const FROM_THE_RIGHT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF]/

/** @returns the text; one that is written from right to left is kept from turning round what stands beside it */
export function isolated(text: string): string {
  return FROM_THE_RIGHT.test(text) ? `\u2068${text}\u2069` : text
}
