/** Worlds of other origins, which sandboxes out of snapshots have: one for all who have it. */
import { queryObjects } from 'node:v8'
import { expect, test } from 'vitest'
import { loadSystems } from '../../src/systems/load.js'
import { fixturesFolder } from '../../src/paths.js'
import { serve } from '../../src/core/world.js'

async function served() {
  const [live] = await loadSystems(['live'])
  if (live === undefined) throw new Error('live is a system')
  return serve(live, { folder: fixturesFolder, areChecked: true }, { boot: 0, scale: 0 })
}

test('a world that somebody has is not made a second time, whichever others were asked for meanwhile', async () => {
  const { world, worldAt } = await served()
  const first = await worldAt({ boot: 1000, scale: 0 })
  const others = [await worldAt({ boot: 2000, scale: 0 }), await worldAt({ boot: 3000, scale: 0 })]
  expect(await worldAt({ boot: 1000, scale: 0 })).toBe(first)
  expect(await worldAt({ boot: 0, scale: 0 })).toBe(world)
  expect(new Set([world, first, ...others]).size).toBe(4)
})

test('of worlds that nobody has any more nothing is left', async () => {
  const { worldAt } = await served()
  const others = 50
  // Counted by V8, which lets go first of what nobody holds.
  const weakly = () => Number(queryObjects(WeakRef))
  const before = weakly()
  for (let boot = 1; boot <= others; boot++) await worldAt({ boot, scale: 0 })
  await new Promise((resolve) => setImmediate(resolve))
  weakly()
  await worldAt({ boot: others + 1, scale: 0 })
  expect(weakly() - before).toBeLessThan(others / 2)
})
