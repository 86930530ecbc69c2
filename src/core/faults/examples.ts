/** What a failure body carries beside code and message, taken from its example in the bundled contract. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject } from '../../plain/json.js'
import type { System } from '../system.js'

type Keys = Readonly<Record<string, unknown>>
const NONE: Keys = {}

/** The examples of all failures, read when the first one of a system is asked for. */
export class FailureExamples {
  readonly #folder: string
  readonly #systems = new Map<string, Promise<ReadonlyMap<string, Keys>>>()

  /** @param folder the folder with one bundled document per system */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** @returns the keys of the error's example but for code and message; none where the contract has no example */
  async keysOf(system: System, error: string): Promise<Keys> {
    let examples = this.#systems.get(system.id)
    if (examples === undefined) this.#systems.set(system.id, (examples = read(join(this.#folder, `${system.id}.json`), system)))
    return (await examples).get(error) ?? NONE
  }
}

async function read(file: string, { contract: { dialect } }: System): Promise<ReadonlyMap<string, Keys>> {
  const text = await readFile(file, 'utf8').catch(() => '{}') // a system need not be shipped with its document
  const examples = member(member(JSON.parse(text), 'components'), 'examples')
  if (!isObject(examples)) return new Map()
  return new Map(
    Object.entries(examples).map(([error, example]) => {
      const value = member(example, 'value')
      const keys = isObject(value) ? Object.entries(value).filter(([key]) => key !== dialect.code && key !== dialect.message) : []
      return [error, Object.fromEntries(keys)]
    }),
  )
}

function member(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}
