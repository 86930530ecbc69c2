/** Texts that are known to be secret, hidden wherever they stand. */
import { mask } from '../secrets.js'

/** So many are known, of so many characters in all; of more, the older half is forgotten. */
const MOST = 2000
const MOST_CHARACTERS = 4 * 1024 * 1024
/** A shorter text is as likely something else, and so is a word of the language. */
const LEAST = 8
const WORD = /^[a-z]{1,15}$/
/** What may be a secret in Base64, as headers carry it. */
const ENCODED = /[A-Za-z\d+/_-]{12,}/g

/** They are found by their first characters, so that thousands take no longer to look for than one. */
export class SecretTexts {
  readonly #texts = new Set<string>()
  /** The lengths of those that begin so. */
  readonly #starts = new Map<string, Set<number>>()
  #characters = 0

  /** @param texts of which those are taken that are long enough to be told from others */
  constructor(texts: Iterable<string> = []) {
    for (const text of texts) this.add(text)
  }

  add(text: string): void {
    if (text.length < LEAST || text.length > MOST_CHARACTERS / 2 || WORD.test(text) || this.#texts.has(text)) return
    this.#take(text)
    if (this.#texts.size <= MOST && this.#characters <= MOST_CHARACTERS) return
    const newer = [...this.#texts].slice(-Math.floor(this.#texts.size / 2))
    this.#texts.clear()
    this.#starts.clear()
    this.#characters = 0
    for (const one of newer) this.#take(one)
  }

  /** @returns the text without those that are known, whether they stand there as they are or in Base64 */
  hide(text: string): string {
    if (this.#texts.size === 0) return text
    const plain = this.#hidePlain(text)
    return plain.replace(ENCODED, (word) => {
      const decoded = Buffer.from(word, 'base64').toString('latin1')
      return this.#hidePlain(decoded) === decoded ? word : mask(word)
    })
  }

  #take(text: string): void {
    const start = text.slice(0, LEAST)
    const lengths = this.#starts.get(start) ?? new Set()
    this.#starts.set(start, lengths.add(text.length))
    this.#texts.add(text)
    this.#characters += text.length
  }

  #hidePlain(text: string): string {
    let shown = ''
    let from = 0
    for (let at = 0; at + LEAST <= text.length; at++) {
      const length = this.#lengthAt(text, at)
      if (length === 0) continue
      shown += text.slice(from, at) + mask('secret')
      from = at + length
      at = from - 1
    }
    return from === 0 ? text : shown + text.slice(from)
  }

  /** The length of the longest that stands at this place; 0 where there is none. */
  #lengthAt(text: string, at: number): number {
    let longest = 0
    for (const length of this.#starts.get(text.slice(at, at + LEAST)) ?? []) if (length > longest && this.#texts.has(text.slice(at, at + length))) longest = length
    return longest
  }
}
