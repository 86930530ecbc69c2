/** Which calls are listed: a text, and what the tags of a call say. Kept in the address. */
import { watch } from '../../live/watch.js'
import { computed } from '@preact/signals'
import { editionOfLines, keptLines, type Line, pausedAt, placeUpTo, version } from '../../live/calls.js'
import { t } from '../../language.js'
import { place } from '../../place.js'

/** Filters by their name in the address, and what a line has for each. */
export const FACETS: Readonly<Record<string, (line: Line) => string>> = {
  system: ({ system }) => system,
  operation: ({ operationId }) => operationId ?? '',
  method: ({ method }) => method,
  status: ({ status }) => String(status),
  error: ({ error }) => error ?? '',
  user: ({ user }) => user ?? '',
  source: ({ source }) => source,
  mark: () => '',
}

/** What `mark` can be. */
const MARKS: Readonly<Record<string, (line: Line) => boolean>> = {
  fault: ({ faults }) => faults.length > 0,
  violation: ({ violations }) => violations > 0,
  unmatched: ({ operationId }) => operationId === null,
  failed: ({ error, status }) => error !== null || status === 0 || status >= 400,
}

/** @returns the name of a filter, for people */
export function facetName(facet: string): string {
  const names: Readonly<Record<string, string>> = {
    system: t('system', '系统'), operation: t('operation', '接口'), method: t('method', '方法'), status: t('status', '状态'),
    error: t('error', '错误'), user: t('user', '用户'), source: t('answered by', '应答者'), mark: t('marked', '标记'),
  }
  return names[facet] ?? facet
}

/** The filters that are set, but for the text. */
export const active = computed(() => Object.entries(place.value.query).filter(([name, value]) => Object.hasOwn(FACETS, name) && value !== ''))
export const text = computed(() => place.value.query['q'] ?? '')

function fits(line: Line, facets: readonly (readonly [string, string])[], words: readonly string[]): boolean {
  for (const [name, wanted] of facets) {
    const has = name === 'mark' ? (MARKS[wanted]?.(line) ?? true) : FACETS[name]?.(line) === wanted
    if (!has) return false
  }
  if (words.length === 0) return true
  const whole = `${line.method} ${line.url} ${line.operationId ?? ''} ${line.error ?? ''} ${line.user ?? ''} ${line.system} ${String(line.status)}`.toLowerCase()
  return words.every((word) => whole.includes(word))
}

/** Whether calls are looked for, rather than read: then the whole journal is looked through. */
export const isSearch = computed(() => active.value.length > 0 || text.value.trim() !== '')

/** What was found in the lines numbered from `first` to `last`. */
interface Found {
  readonly key: string
  first: number
  last: number
  lines: Line[]
}

let cache: Found | null = null

/** The calls that fit, oldest first. Lines that were looked at before are not looked at again, whatever came before and after them. */
export const listed = computed((): { readonly lines: readonly Line[] } => {
  watch(version)
  const all = keptLines()
  const until = pausedAt.value ?? Number.POSITIVE_INFINITY
  const key = JSON.stringify([place.value.query, pausedAt.value, editionOfLines()])
  const words = text.value.toLowerCase().split(/\s+/).filter((word) => word !== '')
  const find = (from: number, to: number) => {
    const found: Line[] = []
    for (let i = from; i < to; i++) {
      const line = all[i]
      if (line !== undefined && line.id <= until && fits(line, active.value, words)) found.push(line)
    }
    return found
  }
  const first = all[0]?.id ?? Number.POSITIVE_INFINITY
  if (cache?.key !== key) cache = { key, first, last: first - 1, lines: [] }
  if (first < cache.first) cache.lines = [...find(0, placeUpTo(all, cache.first - 1) + 1), ...cache.lines]
  else if (first > cache.first) cache.lines = cache.lines.slice(placeUpTo(cache.lines, first - 1) + 1)
  for (const line of find(placeUpTo(all, Math.max(cache.last, first - 1)) + 1, all.length)) cache.lines.push(line)
  Object.assign(cache, { first, last: all.at(-1)?.id ?? first - 1 })
  // A new object each time, as a signal passes on only what is another value; not a new array, which ten thousand lines would make large.
  return { lines: cache.lines }
})

/** How many calls have come since the list was paused. */
export const held = computed(() => {
  watch(version)
  const stopped = pausedAt.value
  if (stopped === null) return 0
  const all = keptLines()
  return all.length - 1 - placeUpTo(all, stopped)
})
