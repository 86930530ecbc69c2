import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TextQueue } from '../../src/core/text-queue.js'

const step = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 3000 }) },
  { weight: 2, arbitrary: fc.constant(null) },
)

test('it holds what a list would hold, whatever is put in and taken out', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new TextQueue()
      const list: string[] = []
      for (const text of steps) {
        if (text === null) {
          queue.shift()
          list.shift()
        } else {
          queue.push(text)
          list.push(text)
        }
        expect(queue.size).toBe(list.length)
      }
      expect(queue.all()).toEqual(list)
    }),
  )
})

test('a long run of texts passes through it, of all lengths', () => {
  const queue = new TextQueue()
  const list: string[] = []
  for (let i = 0; i < 5000; i++) {
    const text = `${String(i)} 你好${'x'.repeat((i * 37) % 500)}`
    queue.push(text)
    list.push(text)
    if (list.length > 100) {
      queue.shift()
      list.shift()
    }
  }
  expect(queue.all()).toEqual(list)
})
