/**
 * A transcript: a long run whose every visible result stands in a file of test/transcripts, so that nothing changes unnoticed.
 * `npx vitest run test/transcript-… -u` writes the files anew; what has changed is read in their diff.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

/** Of longer texts the beginning stands in a transcript, and a hash of the whole. */
const MOST_SHOWN = 300
/** So much of an entry is told where it differs. */
const MOST_TOLD = 4000
/** Begins each entry. */
const HEAD = '=== '

/** @returns the text on one line, and of a long one the beginning and a hash of the whole */
export function inShort(text: string, most = MOST_SHOWN): string {
  const line = /[\u0000-\u001f\u007f\u0080-\u009f\u2028\u2029\ufeff\ud800-\udfff]|^ | $/.test(text) ? JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`) : text
  return line.length <= most ? line : `${wellFormed(line.slice(0, most))}… (${String(text.length)}, ${hashOf(text)})`
}

/** @returns a few letters that stand for the text */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 8)
}

/** A file says half a letter as another one. */
const wellFormed = (text: string) => text.replace(/[\ud800-\udbff]$/, '')

/** What is written down in the order in which it happens. */
export class Transcript {
  readonly #name: string
  readonly #entries: string[] = []
  readonly #known = new Map<string, Map<string, string>>()
  readonly #replaced: [RegExp | string, string][] = []

  /** @param name of the file in test/transcripts, without its end */
  constructor(name: string) {
    this.#name = name
  }

  /** From now on `by` stands where this stood: something of this run alone, such as a port. */
  replace(what: RegExp | string, by: string): void {
    this.#replaced.push([what, by])
  }

  /** @returns the text with all that is of this run alone replaced */
  plain(text: string): string {
    let plain = text
    for (const [what, by] of this.#replaced) plain = plain.replaceAll(what, by)
    return plain
  }

  /** Writes one entry down: what it is about, and lines below it. */
  add(title: string, ...lines: readonly string[]): void {
    this.#entries.push([`${HEAD}${title}`, ...lines].map((line) => this.plain(line)).join('\n'))
  }

  /** @returns a short name for what stands in a transcript often; the first time with what it stands for */
  once(kind: string, text: string): string {
    if (text === '') return ''
    const names = this.#known.get(kind) ?? new Map<string, string>()
    this.#known.set(kind, names)
    const known = names.get(text)
    if (known !== undefined) return known
    const name = `[${kind}${String(names.size + 1)}]`
    names.set(text, name)
    return `${name} ${inShort(text, MOST_TOLD)}`
  }

  /** Holds all that was written against the file. @throws Error that tells the first entry which differs, as it was and as it is */
  async hold(): Promise<void> {
    const file = fileURLToPath(new URL(`../transcripts/${this.#name}.txt`, import.meta.url))
    const now = `${this.#entries.join('\n')}\n`
    const before = await readFile(file, 'utf8').catch(() => '')
    if (now === before) return
    try {
      await expect(now).toMatchFileSnapshot(file)
    } catch {
      throw new Error(differenceOf(this.#name, before, now))
    }
  }
}

function differenceOf(name: string, before: string, now: string): string {
  if (before === '') return `test/transcripts/${name}.txt is not there; "npx vitest run test/transcript-… -u" writes it`
  const [old, fresh] = [before, now].map((text) => text.split(`\n${HEAD}`))
  const first = (fresh ?? []).findIndex((entry, i) => entry !== old?.[i])
  const at = first === -1 ? (fresh ?? []).length : first
  const differing = (fresh ?? []).filter((entry, i) => entry !== old?.[i]).length
  const told = (entry: string | undefined) => (entry === undefined ? '(nothing)' : entry.slice(0, MOST_TOLD).trimEnd())
  return `test/transcripts/${name}.txt tells another story; ${String(differing)} of ${String((fresh ?? []).length)} entries differ, entry ${String(at + 1)} first.\n\nIt was:\n${told(old?.[at])}\n\nIt is:\n${told(fresh?.[at])}\n\nIf that is as it should be: npx vitest run test/transcript-… -u writes the file anew.`
}
