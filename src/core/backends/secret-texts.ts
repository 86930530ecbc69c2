/** Texts that are known to be secret, hidden wherever they stand. */
import { stepTo } from '../../plain/pointer.js'
import { mask } from '../secrets.js'
import { BASE64 } from './guises.js'
import { TextFinder } from './text-finder.js'

/** So many are known, of so many characters in all; of more, the older half is forgotten. */
const MOST = 2000
const MOST_CHARACTERS = 256 * 1024
/** A shorter text is as likely something else, and so is a word of the language. */
const LEAST = 8
const WORD = /^[a-z]{1,15}$/

/** To look for thousands takes no longer than for one: it is linear in the text, whatever they are. */
export class SecretTexts {
  readonly #texts = new Set<string>()
  #characters = 0
  /** Null where it has to be made anew, which is done for whoever looks. */
  #finder: TextFinder | null = null

  /** @param texts of which those are taken that are long enough to be told from others */
  constructor(texts: Iterable<string> = []) {
    for (const text of texts) this.add(text)
  }

  add(text: string): void {
    if (text.length < LEAST || text.length > MOST_CHARACTERS / 2 || WORD.test(text) || this.#texts.has(text)) return
    this.#take(text)
    this.#finder = null
    if (this.#texts.size <= MOST && this.#characters <= MOST_CHARACTERS) return
    const newer = [...this.#texts].slice(-Math.floor(this.#texts.size / 2))
    this.#texts.clear()
    this.#characters = 0
    for (const one of newer) this.#take(one)
  }

  /** @returns the text without those that are known, whether they stand there as they are or in Base64 */
  hide(text: string): string {
    if (this.#texts.size === 0 || text.length < LEAST) return text
    const finder = (this.#finder ??= new TextFinder([...this.#texts, ...otherWritings(this.#texts)]))
    return hidden(finder, text).replace(BASE64, (word) => {
      const decoded = Buffer.from(word, 'base64').toString('latin1')
      return hidden(finder, decoded) === decoded ? word : mask(word)
    })
  }

  #take(text: string): void {
    this.#texts.add(text)
    this.#characters += text.length
  }
}

/** What no usual writing encodes. */
const PLAIN = /^[\w.-]*$/

/** Other writings of all of them have so many characters at the most: those of the first. */
const MOST_WRITTEN = 128 * 1024

function* otherWritings(texts: Iterable<string>): Generator<string> {
  let left = MOST_WRITTEN
  for (const text of texts) {
    if (PLAIN.test(text) || text.length > left) continue
    for (const writing of writingsOf(text)) {
      left -= writing.length
      if (left >= 0 && writing !== text) yield writing
    }
  }
}

/** @returns the text as it stands in a URL, in one inside another, in JSON, in a page and in a place */
function writingsOf(text: string): readonly string[] {
  const encoded = encodeURIComponent(Buffer.from(text).toString())
  const twice = encodeURIComponent(encoded)
  const inJson = JSON.stringify(text).slice(1, -1)
  const inPage = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = inPage.replaceAll('"', '&quot;')
  return [...new Set([
    stepTo(text), encoded, lowerHex(encoded), twice, lowerHex(twice), encoded.replaceAll('%20', '+'),
    inJson, inJson.replaceAll('/', '\\/'), inJson.replace(/[<>&'+=]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
    inPage, quoted, quoted.replaceAll("'", '&#39;'), quoted.replaceAll("'", '&#x27;'), inPage.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
  ])]
}

function lowerHex(encoded: string): string {
  return encoded.replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase())
}

function hidden(finder: TextFinder, text: string): string {
  const lengths = finder.lengthsIn(text)
  const shown: string[] = []
  let from = 0
  for (let at = 0; at < text.length; ) {
    const length = lengths[at] ?? 0
    if (length > 0) {
      shown.push(text.slice(from, at), mask('secret'))
      from = at + length
    }
    at += length === 0 ? 1 : length
  }
  return from === 0 ? text : shown.join('') + text.slice(from)
}
