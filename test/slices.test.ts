import { expect, test } from 'vitest'
import { others, Pace } from '../src/core/slices.js'

/** Longer than a slice. */
const LONG = 25
const PIECES = 5

function work(): void {
  for (const begun = performance.now(); performance.now() - begun < LONG; ) continue
}

test('what is long goes on, though others work before it in every turn of the loop', async () => {
  const pace = new Pace()
  let [isOver, done] = [false, 0]
  const before = () => {
    if (isOver) return
    pace.begin()
    setImmediate(before)
    work()
  }
  before()
  await pace.inSlices((function* () {
    for (; done < PIECES; done++) {
      work()
      yield
    }
  })())
  isOver = true
  expect(done).toBe(PIECES)
})

test('who waits has a slice in the next turn, which ends as any other', async () => {
  const pace = new Pace()
  const before = () => {
    pace.begin()
    work()
  }
  before()
  setImmediate(before)
  await pace.pass()
  work()
  expect(pace.hasTime).toBe(false)
  await others()
  expect(pace.hasTime).toBe(true)
})
