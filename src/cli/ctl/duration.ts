/** Durations as people type them. */

const SHORT = /^(?=\d)(?:(\d+)y)?(?:(\d+)mo)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d{1,3})?)s)?$/

/**
 * @param text `2h`, `90s`, `30d`, `1h30m`, or an ISO 8601 duration
 * @returns an ISO 8601 duration: what begins with `P` is left for the stub to judge; null when it is neither
 */
export function toIsoDuration(text: string): string | null {
  if (text.startsWith('P')) return text
  const match = SHORT.exec(text)
  if (match === null) return null
  const [years, months, weeks, days, hours, minutes, seconds] = match.slice(1)
  const parts = (letters: string, ...numbers: (string | undefined)[]) => numbers.map((digits, i) => (digits === undefined ? '' : `${digits}${letters.charAt(i)}`)).join('')
  const time = parts('HMS', hours, minutes, seconds)
  return `P${parts('YMWD', years, months, weeks, days)}${time === '' ? '' : `T${time}`}`
}
