/** Results of many calls, written down in a file that is compared line by line: one line for each call, with what it was given and what came of it. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'

const FOLDER = join(import.meta.dirname, '../transcripts')
/** Of a longer text the beginning stands there, and a hash of the whole. */
const MOST_SHOWN = 300
/** Deeper values are not gone into. */
const DEEPEST = 40

/** A sequence of calls with their results. */
export class WrittenDown {
  readonly #lines: string[] = []

  /** Begins a part. */
  part(title: string): void {
    this.#lines.push('', `# ${title}`)
  }

  /** Writes down what something is. */
  note(what: string, value: unknown): void {
    this.#lines.push(`${what} → ${cut(shown(value))}`)
  }

  /** Writes down what comes of work: its value, or what it throws. */
  async try(what: string, work: () => unknown): Promise<void> {
    this.note(what, await outcomeOf(work))
  }

  /** Writes down what comes of a function for each of many rows of arguments. */
  async table<A extends readonly unknown[]>(name: string, of: (...given: A) => unknown, rows: Iterable<Readonly<NoInfer<A>>>): Promise<void> {
    this.part(name)
    for (const row of rows) await this.try(cut(row.map((one: unknown) => shown(one)).join(', ')), () => of(...row))
  }

  /**
   * Holds all of it against test/transcripts; `npx vitest run -u` writes that anew.
   * @throws Error with the first line that is another one
   */
  async isThatOf(name: string): Promise<void> {
    const file = join(FOLDER, `${name}.txt`)
    const text = `${this.#lines.join('\n').trim()}\n`
    try {
      await expect(text).toMatchFileSnapshot(file)
    } catch (error) {
      const before = await readFile(file, 'utf8').catch(() => null)
      throw before === null ? error : new Error(firstDifference(name, before.split('\n'), text.split('\n')))
    }
  }
}

function firstDifference(name: string, before: readonly string[], now: readonly string[]): string {
  const at = now.findIndex((line, i) => line !== before[i])
  const line = at === -1 ? now.length : at
  const part = now.slice(0, line + 1).findLast((one) => one.startsWith('# ')) ?? ''
  return `test/transcripts/${name}.txt, line ${String(line + 1)}, ${part}\nwas: ${before[line] ?? 'nothing'}\nis:  ${now[line] ?? 'nothing'}\n(meant so? npx vitest run -u with this test, and read the diff)`
}

/** @returns the value that comes, or the error; of a generator all that it gives */
export async function outcomeOf(work: () => unknown): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    return error instanceof Error ? error : { thrown: error }
  }
}

function cut(text: string): string {
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}… ${createHash('sha256').update(text).digest('hex').slice(0, 12)} of ${String(text.length)}`
}

/** @returns a value as people read it; a character that stands there a dozen times in a row is written once, with how often */
export function shown(value: unknown, depth = 0): string {
  if (depth > DEEPEST) return '…'
  const inner = (one: unknown) => shown(one, depth + 1)
  if (typeof value === 'string') return JSON.stringify(value.replace(/(.)\1{11,}/gsu, (run: string, one: string) => `${one}×${String(run.length / one.length)}`))
  if (typeof value === 'function') return `function ${value.name}`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  if (value instanceof Error) return `! ${value.name}: ${value.message}${Object.keys(value).filter((key) => key !== 'name').map((key) => ` ${key}=${inner(Reflect.get(value, key))}`).join('')}`
  if (value instanceof Uint8Array) return `bytes ${inner(Buffer.from(value).toString('latin1'))}`
  if (value instanceof RegExp) return String(value)
  if (value instanceof Map) return `Map ${inner([...value])}`
  if (value instanceof Set) return `Set ${inner([...value])}`
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`
  return `{${Object.entries(value).map(([key, one]) => `${/^\w+$/.test(key) ? key : JSON.stringify(key)}: ${inner(one)}`).join(', ')}}`
}

/** Chance that is the same each time. */
export class Draw {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** @returns a whole number below another */
  below(most: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * most)
  }

  of<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)]
    if (chosen === undefined) throw new Error('there is nothing to choose from')
    return chosen
  }

  /** @returns a text of so many characters at the most */
  text(alphabet: string, most: number): string {
    const characters = Array.from(alphabet)
    return Array.from({ length: this.below(most + 1) }, () => this.of(characters)).join('')
  }
}
