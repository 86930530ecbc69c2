/** Answers of Redis are texts, numbers and lists of both; what they are meant to be is checked where they come in. */
import { Unreachable } from '../unreachable.js'

/** So much of an answer is shown. */
const MOST_SHOWN = 100

/** What answers is no Redis, or something between that answers in its place. */
class Nonsense extends Unreachable {
  override readonly name = 'Nonsense'

  constructor(reply: unknown, expected: string) {
    // In a list, for not everything alone is JSON.
    super(`Redis answered ${JSON.stringify([reply]).slice(1, -1).slice(0, MOST_SHOWN)} where a ${expected} was expected`)
  }
}

/** @throws Nonsense when it is none */
export function listFrom(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply as readonly unknown[] // whatever is in it
  throw new Nonsense(reply, 'list')
}

/** @throws Nonsense when it is none */
export function textFrom(reply: unknown): string {
  if (typeof reply === 'string') return reply
  throw new Nonsense(reply, 'text')
}

/** @throws Nonsense when it is none */
export function numberFrom(reply: unknown): number {
  const number = typeof reply === 'string' || typeof reply === 'number' ? Number(reply) : Number.NaN
  if (Number.isSafeInteger(number)) return number
  throw new Nonsense(reply, 'number')
}

/** @returns the fields of a hash or of an item of a stream, which come as name, value, name, value */
export function fieldsFrom(reply: unknown): ReadonlyMap<string, string> {
  const list = listFrom(reply)
  const fields = new Map<string, string>()
  for (let i = 0; i + 1 < list.length; i += 2) fields.set(textFrom(list[i]), textFrom(list[i + 1]))
  return fields
}

/** An item of a stream. Its place is two numbers. */
export interface Item {
  readonly place: readonly [number, number]
  readonly fields: ReadonlyMap<string, string>
}

/** @returns the items of a stream, in order */
export function itemsFrom(reply: unknown): readonly Item[] {
  return listFrom(reply).map((item) => {
    const [id, fields] = listFrom(item)
    const [first = '', second = '0'] = textFrom(id).split('-')
    return { place: [Number(first), Number(second)], fields: fieldsFrom(fields) }
  })
}

/** @returns the field, or an empty text where there is none */
export function fieldOf({ fields }: Item, name: string): string {
  return fields.get(name) ?? ''
}
