/** Texts that are Chinese and English in one string, as the documents have them: Chinese first, then ` · ` or, in a description, a blank line. */

export type Language = 'en' | 'zh'

/** A text in both languages. */
export interface Bilingual {
  readonly zh: string
  readonly en: string
}

/** A line without a separator: Chinese up to its last character or mark, then English. */
const RUN_ON = /^(.*[\p{Script=Han}。，、；：！？）])\s+([^\p{Script=Han}]+)$/su
/** What stands before the text of an item of a list, its name among it: belongs to both languages. */
const LEAD = /^(\s*(?:[-*]|\d+\.)\s+(?:`[^`]*`[^:`\p{Script=Han}]*:\s+)?)(.*)$/su

/**
 * Parts a text: what stands up to the last Chinese part is Chinese, the rest English.
 * @param separator between parts: ` · ` in a line, a blank line in a description
 * @returns the whole text for a language that has none of its own
 */
export function bilingual(text: string, separator: ' · ' | '\n\n'): Bilingual {
  const parts = text.trim().split(separator)
  const last = parts.findLastIndex(isChinese)
  const [zh, en] = [parts.slice(0, last + 1).join(separator), parts.slice(last + 1).join(separator)]
  if (zh !== '' && en !== '') return { zh, en }
  const [, before = text, after = text] = RUN_ON.exec(text.trim()) ?? []
  return { zh: before, en: after }
}

/**
 * @param text of a document, whatever it is: a line, a list of lines, a description of several paragraphs
 * @returns what it says in the language; the whole where it is not parted by language
 */
export function inLanguage(text: string, language: Language): string {
  const lines = text.trim().split('\n')
  const halves = lines.map(halvesOf)
  // A list of lines has its languages line by line, a description one after the other.
  if (halves.every(({ zh, en }, index) => zh !== en || lines[index] === '')) return halves.map((half) => half[language]).join('\n')
  return bilingual(text, '\n\n')[language]
}

function halvesOf(line: string): Bilingual {
  const [, lead = '', rest = line] = LEAD.exec(line) ?? []
  const { zh, en } = bilingual(rest, ' · ')
  return { zh: lead + zh, en: lead + en }
}

/** Text outside of code with more Chinese characters than Latin words; an English sentence may quote some. */
function isChinese(text: string): boolean {
  const words = text.replaceAll(/`[^`]*`/g, '')
  const count = (pattern: RegExp) => words.match(pattern)?.length ?? 0
  return count(/\p{Script=Han}/gu) > count(/\b[A-Za-z][a-z']+\b/g)
}
