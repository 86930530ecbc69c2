/** Worlds of other origins, which sandboxes out of snapshots have: one for all who have it. */
import { expect, test } from 'vitest'
import { loadSystems } from '../../src/systems/load.js'
import { fixturesFolder } from '../../src/paths.js'
import { serve } from '../../src/core/world.js'

test('a world that somebody has is not made a second time, whichever others were asked for meanwhile', async () => {
  const [live] = await loadSystems(['live'])
  if (live === undefined) throw new Error('live is a system')
  const { world, worldAt } = await serve(live, { folder: fixturesFolder, areChecked: true }, { boot: 0, scale: 0 })
  const first = await worldAt({ boot: 1000, scale: 0 })
  const others = [await worldAt({ boot: 2000, scale: 0 }), await worldAt({ boot: 3000, scale: 0 })]
  expect(await worldAt({ boot: 1000, scale: 0 })).toBe(first)
  expect(await worldAt({ boot: 0, scale: 0 })).toBe(world)
  expect(new Set([world, first, ...others]).size).toBe(4)
})
