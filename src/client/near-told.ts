/** Why an operation was not meant, in a sentence: in English as the stub says it, in Chinese from the parts of that. */
import type { Language } from '../plain/bilingual.js'

/** The stub's sentences (`control/near-misses.ts`), and how each is said in Chinese. */
const SENTENCES: readonly (readonly [RegExp, (given: string, wanted: string, name: string) => string])[] = [
  [/^the path is (?<given>.*), not (?<wanted>.*)$/s, (given, wanted) => `路径为 ${given}，不是 ${wanted}`],
  [/^the method is (?<given>.*), not (?<wanted>.*)$/s, (given, wanted) => `方法为 ${given}，不是 ${wanted}`],
  [/^the query's (?<name>.*?) is missing, not (?<wanted>".*")$/s, (_, wanted, name) => `缺少查询参数 ${name}，应为 ${wanted}`],
  [/^the query's (?<name>.*?) is (?<given>".*"), not (?<wanted>".*")$/s, (given, wanted, name) => `查询参数 ${name} 为 ${given}，不是 ${wanted}`],
]

/**
 * @param reason of a near miss
 * @returns it in the language; as it is where it is none of the sentences known
 */
export function nearTold(reason: string, lang: Language): string {
  if (lang === 'en') return reason
  for (const [pattern, say] of SENTENCES) {
    const parts = pattern.exec(reason)?.groups
    if (parts !== undefined) return say(parts['given'] ?? '', parts['wanted'] ?? '', parts['name'] ?? '')
  }
  return reason
}
