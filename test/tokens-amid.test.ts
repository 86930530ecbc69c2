import { expect, test } from 'vitest'
import { IssuedTokens } from '../src/core/backends/issued.js'
import { knownTokens } from '../src/core/backends/tokens.js'
import { Pace } from '../src/core/slices.js'
import { startServer } from '../src/server.js'
import { live } from '../src/systems/live/index.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()
/** Bodies of so many letters, each of which may be the first one of a token. */
const [BODIES, LETTERS] = [12, 500_000]

test('while long bodies are looked through for tokens, others are answered in between', async () => {
  const server = await startServer({ systems: [live], port: 0 })
  closing.push(() => server.close())
  const turn = await server.sandboxes.open('default').look()
  const [pace, issued] = [new Pace(), new IssuedTokens()]
  let [turns, isOver] = [0, false]
  const count = () => {
    turns++
    if (!isOver) setImmediate(count)
  }
  count()
  await Promise.all(Array.from({ length: BODIES }, (_, i) => knownTokens(live, turn.store('live'), [], [String(i).repeat(LETTERS)], issued, 'https://real.example', pace)))
  isOver = true
  // In one piece it would be one.
  expect(turns).toBeGreaterThan(3)
})
