/** Long work, and how much of it lies between others. */
import { expect, test } from 'vitest'
import { Pace, Queue } from '../../src/core/slices.js'

/** Takes longer than a slice, unless told otherwise. */
function spin(milliseconds = 25): void {
  const begun = performance.now()
  while (performance.now() - begun < milliseconds);
}

/** Counts what is done between two turns of Node's loop, while `work` goes on. */
async function stepsPerTurn(work: (step: () => void) => Promise<unknown>, milliseconds?: number): Promise<readonly number[]> {
  let steps = 0
  const turns: number[] = []
  let isOver = false
  const look = () => {
    turns.push(steps)
    steps = 0
    if (!isOver) setImmediate(look)
  }
  setImmediate(look)
  await work(() => {
    spin(milliseconds)
    steps++
  })
  isOver = true
  return turns
}

function* long(step: () => void): Generator<void, string> {
  for (let i = 0; i < 4; i++) {
    step()
    yield
  }
  return 'done'
}

test('others come between pieces of long work, as often when much of it goes on at once', async () => {
  const pace = new Pace()
  const alone = await stepsPerTurn((step) => pace.inSlices(long(step)))
  expect(Math.max(...alone)).toBe(1)
  const [begun, ...rest] = await stepsPerTurn(async (step) => {
    expect(await Promise.all(Array.from({ length: 5 }, () => pace.inSlices(long(step))))).toEqual(Array.from({ length: 5 }, () => 'done'))
  })
  // Each begins at once, with what there is then.
  expect([begun, Math.max(...rest)]).toEqual([5, 1])
})

test('long work that goes on at once goes on in turns', async () => {
  const pace = new Pace()
  const steps: number[] = []
  await Promise.all([0, 1, 2].map((i) => pace.inSlices(long(() => {
    spin()
    steps.push(i)
  }))))
  expect(steps).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])
})

test.each([25, 45])('what is little is not behind what is long (%s ms)', async (milliseconds) => {
  const pace = new Pace()
  const ends: string[] = []
  await Promise.all([...Array.from({ length: 4 }, async () => {
    await pace.inSlices(long(() => {
      spin(milliseconds)
    }))
    ends.push('long')
  }), (async () => {
    await new Promise((resolve) => setImmediate(resolve))
    ends.push(await pace.inSlices((function* little() {
      yield
      yield
      return 'little'
    })()))
  })()])
  expect(ends).toEqual(['little', 'long', 'long', 'long', 'long'])
})

test('much that is little, one after another, lets others come between as well', async () => {
  const pace = new Pace()
  const turns = await stepsPerTurn(async (step) => {
    for (let i = 0; i < 30; i++) {
      await pace.inSlices((function* little() {
        step()
        yield
      })())
    }
  }, 4)
  expect(Math.max(...turns)).toBeLessThanOrEqual(11)
})

test('of long work that cannot be divided one piece comes after another, and others in between', async () => {
  const pace = new Pace()
  const turns = await stepsPerTurn(async (step) => {
    const settled = await Promise.allSettled(Array.from({ length: 4 }, (_, i) => pace.inTurn(40_000, async () => {
      // As json-server does it.
      await new Promise((resolve) => setTimeout(resolve, 0))
      step()
      if (i === 1) throw new Error('this one alone')
      return i
    })))
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  })
  expect(Math.max(...turns)).toBe(1)
})

test('between two such pieces others have time for what takes several turns', async () => {
  const pace = new Pace()
  const turns = await stepsPerTurn((step) => Promise.all([0, 1, 2, 3].map(() => pace.inTurn(40_000, async () => {
    step()
  }))))
  const at = turns.flatMap((steps, turn) => (steps > 0 ? [turn] : []))
  // The last one is not looked at any more.
  expect(at).toHaveLength(3)
  expect(Math.min(...at.slice(1).map((turn, i) => turn - (at[i] ?? 0)))).toBeGreaterThanOrEqual(4)
})

test('who waits for a moment to go on comes in the order of waiting', async () => {
  const pace = new Pace()
  const order: number[] = []
  const turns = await stepsPerTurn((step) => Promise.all(Array.from({ length: 6 }, async (_, i) => {
    // Each comes by itself, as calls do.
    await new Promise((resolve) => setTimeout(resolve, 1))
    await pace.pass()
    order.push(i)
    step()
  })))
  expect([order, Math.max(...turns)]).toEqual([[0, 1, 2, 3, 4, 5], 1])
})

test('of what is queued one goes on after another has come to its end, be it a bad one', async () => {
  const queue = new Queue()
  const told: string[] = []
  const held: (() => void)[] = []
  const add = (name: string) => queue.run(async () => {
    told.push(`${name} begins`)
    await new Promise<void>((resolve) => held.push(resolve))
    told.push(`${name} ends`)
    if (name === 'two') throw new Error(`${name} broke`)
    return name
  }).catch((error: unknown) => error)
  const all = Promise.all(['one', 'two', 'three'].map(add))
  for (let turn = 1; turn <= 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    expect([told.length, held.length]).toEqual([2 * turn - 1, 1])
    held.pop()?.()
  }
  expect(await all).toEqual(['one', new Error('two broke'), 'three'])
  expect(told).toEqual(['one', 'two', 'three'].flatMap((name) => [`${name} begins`, `${name} ends`]))
})
