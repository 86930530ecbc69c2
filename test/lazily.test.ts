import { expect, test } from 'vitest'
import { lazily } from '../src/plain/lazily.js'

test('what is loaded when it is needed is loaded once, and a load that failed is tried again', async () => {
  let tries = 0
  const thing = lazily(() => (++tries === 1 ? Promise.reject(new Error('not there yet')) : Promise.resolve({ tries })))
  await expect(Promise.all([thing(), thing()])).rejects.toThrow('not there yet')
  const [first, second] = await Promise.all([thing(), thing()])
  expect([first, second === first, tries]).toEqual([{ tries: 2 }, true, 2])
})
