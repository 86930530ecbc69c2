/** Random transactions on a made-up shop, and what each of them must see: engines are held against a model of records in the slow and obvious way. */
import fc from 'fast-check'
import type { FileName, Transaction } from '../../src/core/store/types.js'

export interface Item {
  readonly id: number
  readonly name: string | null
  readonly value: number
}
interface Picture extends FileName {
  readonly name: string
}
export interface Records {
  readonly items: Item
  readonly pictures: Picture
}
export type Tx = Transaction<Records>

export const WORLD: readonly Item[] = [1, 2, 3].map((id) => ({ id, name: `n${String(id)}`, value: 0 }))

/** What a random transaction does, step by step. */
export type Step =
  | { readonly do: 'add'; readonly from: number; readonly to: number; readonly wait: number }
  | { readonly do: 'join'; readonly id: number; readonly name: string; readonly wait: number }
  | { readonly do: 'delete'; readonly id: number; readonly wait: number }
  | { readonly do: 'count'; readonly wait: number }
  | { readonly do: 'find'; readonly value: number; readonly wait: number }

const anyId = fc.integer({ min: 1, max: 5 })
const wait = fc.integer({ min: 0, max: 3 })
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('add' as const), from: anyId, to: anyId, wait }),
  fc.record({ do: fc.constant('join' as const), id: anyId, name: fc.constantFrom('p', 'q', 'n1'), wait }),
  fc.record({ do: fc.constant('delete' as const), id: anyId, wait }),
  fc.record({ do: fc.constant('count' as const), wait }),
  fc.record({ do: fc.constant('find' as const), value: fc.integer({ min: 0, max: 3 }), wait }),
)
export const anyProgram = fc.array(anyStep, { minLength: 1, maxLength: 4 })

/** Records from here on say which transaction was committed. */
export const MARK = 1000

export async function runMarked(tx: Tx, program: readonly Step[], i: number): Promise<unknown[]> {
  const seen: unknown[] = []
  for (const step of program) seen.push(await carryOut(tx, step))
  await tx.put('items', { id: MARK + i, name: null, value: -1 })
  return seen
}

async function carryOut(tx: Tx, step: Step): Promise<unknown> {
  await tick(step.wait)
  switch (step.do) {
    case 'add': {
      const [from, to] = [await tx.get('items', step.from), await tx.get('items', step.to)]
      await tick(step.wait)
      await tx.put('items', { id: step.to, name: to?.name ?? null, value: (from?.value ?? 0) + (to?.value ?? 0) + 1 })
      return [from?.value, to?.value]
    }
    case 'join': {
      const holder = await tx.find('items', { name: step.name })
      if (holder !== undefined) return holder.id
      const own = await tx.get('items', step.id)
      await tx.put('items', { id: step.id, name: step.name, value: own?.value ?? 0 })
      return 'joined'
    }
    case 'delete':
      return tx.delete('items', step.id)
    case 'count':
      return (await tx.list('items')).filter(({ id }) => id < MARK).length
    case 'find':
      return (await tx.findAll('items', { value: step.value })).map(({ id }) => id).sort()
  }
}

/** What a transaction must see, in the slow and obvious way. */
export class Model {
  readonly items = new Map(WORLD.map((item) => [item.id, item]))
  async get(_: string, id: number): Promise<Item | undefined> {
    return this.items.get(id)
  }
  async find(_: string, { name }: { name: string }): Promise<Item | undefined> {
    return [...this.items.values()].find((item) => item.name === name)
  }
  async findAll(_: string, { value }: { value: number }): Promise<Item[]> {
    return [...this.items.values()].filter((item) => item.value === value)
  }
  async list(): Promise<Item[]> {
    return [...this.items.values()]
  }
  async put(_: string, item: Item): Promise<void> {
    this.items.set(item.id, item)
  }
  async delete(_: string, id: number): Promise<boolean> {
    return this.items.delete(id)
  }
}

/** Lets others run for so many rounds. */
export async function tick(rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i++) await new Promise((resolve) => setImmediate(resolve))
}
