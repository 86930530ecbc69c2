/** Texts of the documents are Chinese first, then English, in one string. */
import type { Bilingual } from '../generate/error-schemes.js'

const CHINESE = /\p{Script=Han}/u

/** A line without a separator: Chinese up to its last character or mark, then English. */
const RUN_ON = /^(.*[\p{Script=Han}。，、；：！？）])\s+([^\p{Script=Han}]+)$/su

/**
 * Parts a text: what stands up to the last part with Chinese outside of code is Chinese, the rest English.
 * @param separator between parts: ` · ` in a line, a blank line in a description
 * @returns the whole text for a language that has none of its own
 */
export function bilingual(text: string, separator: ' · ' | '\n\n'): Bilingual {
  const parts = text.trim().split(separator)
  const last = parts.findLastIndex((part) => CHINESE.test(part.replaceAll(/`[^`]*`/g, '')))
  const [zh, en] = [parts.slice(0, last + 1).join(separator), parts.slice(last + 1).join(separator)]
  if (zh !== '' && en !== '') return { zh, en }
  const [, before = text, after = text] = RUN_ON.exec(text.trim()) ?? []
  return { zh: before, en: after }
}
