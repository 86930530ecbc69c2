/** Times in fixtures are relative to the moment when the world is loaded ("boot"): `{ "$boot": "-P10D", "as": "datetime" }`. */
import { beijingTime } from '../../plain/beijing.js'
import { addDuration, parseDuration } from '../duration.js'

/** How a marker's `as` writes a moment. Left out, it stays milliseconds since 1970. */
const FORMATS: Readonly<Record<string, (ms: number) => string | number>> = {
  datetime: (ms) => beijingTime(ms).replace('T', ' '),
  date: (ms) => beijingTime(ms).slice(0, 10),
  slash: (ms) => beijingTime(ms).slice(0, 10).replaceAll('-', '/'),
  iso: (ms) => new Date(ms).toISOString(),
  seconds: (ms) => Math.floor(ms / 1000),
}

/**
 * Puts real times in the place of the markers of a fixture, at any depth.
 * @param value parsed JSON; it is not changed
 * @param boot the clock reading that the markers count from, in milliseconds since 1970
 * @returns the same value with a text or a number in the place of each marker
 * @throws Error naming the marker if it is malformed
 */
export function resolveBoot(value: unknown, boot: number): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => resolveBoot(item, boot))
  if (typeof value !== 'object' || value === null) return value
  if ('$boot' in value) return resolveMarker(value, boot)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveBoot(item, boot)]))
}

function resolveMarker(marker: { readonly $boot: unknown; readonly as?: unknown }, boot: number): string | number {
  const { $boot, as, ...others } = marker
  const duration = typeof $boot === 'string' ? parseDuration($boot) : null
  if (duration === null) throw new Error(`${JSON.stringify(marker)}: $boot must be a duration such as -10d or -P10D`)
  if (Object.keys(others).length > 0) throw new Error(`${JSON.stringify(marker)}: only "as" may stand beside $boot`)
  const ms = addDuration(boot, duration)
  if (as === undefined) return ms
  const format = typeof as === 'string' && Object.hasOwn(FORMATS, as) ? FORMATS[as] : undefined
  if (format === undefined) throw new Error(`${JSON.stringify(marker)}: "as" must be one of ${Object.keys(FORMATS).join(', ')}`)
  return format(ms)
}
