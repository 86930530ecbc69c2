/** The beginning of a value that may be large: what is wrong with megabytes is told of as much as anybody reads, and holds up nobody. */
import { isObject } from '../../plain/json.js'
import { stepTo } from '../../plain/pointer.js'
import type { Contract } from '../contract.js'
import type { Departure } from '../judge.js'

/** So many values are looked at: the fields of objects and the items of lists after these are left out. What is wrong with each costs more than with the one before. */
const MOST_VALUES = 5000

/** A value, or its beginning. */
export interface FirstValues {
  readonly value: unknown
  /** JSON pointers of the objects and lists of which something was left out. */
  readonly cut: ReadonlySet<string>
}

/** @returns the first values; what an answer is told by, its code, is always among them */
export function firstValues(whole: unknown, { dialect: { code } }: Pick<Contract, 'dialect'>): FirstValues {
  const cut = new Set<string>()
  let left = MOST_VALUES
  const first = (value: unknown, pointer: string): unknown => {
    left--
    if (Array.isArray(value)) {
      const kept: unknown[] = []
      for (const item of value as readonly unknown[]) {
        if (left <= 0) {
          cut.add(pointer)
          break
        }
        kept.push(first(item, `${pointer}/${String(kept.length)}`))
      }
      return kept
    }
    if (!isObject(value)) return value
    const kept: [string, unknown][] = []
    for (const name in value) {
      if (left <= 0) {
        cut.add(pointer)
        break
      }
      kept.push([name, first(value[name], `${pointer}/${stepTo(name)}`)])
    }
    return Object.fromEntries(kept)
  }
  const value = first(whole, '')
  const isCodeLost = isObject(whole) && isObject(value) && Object.hasOwn(whole, code) && !Object.hasOwn(value, code)
  return { value: isCodeLost ? { ...value, [code]: whole[code] } : value, cut }
}

const ABOUT_ABSENCE = ['required', 'minItems', 'minProperties', 'contains', 'dependentRequired']

/** @returns the departures of a beginning without those that may be none of the whole: what was left out is not missing */
export function withoutAbsence(departures: readonly Departure[], { cut }: FirstValues): readonly Departure[] {
  return cut.size === 0 ? departures : departures.filter(({ pointer, rule }) => !(rule !== undefined && ABOUT_ABSENCE.includes(rule.keyword) && cut.has(pointer)))
}
