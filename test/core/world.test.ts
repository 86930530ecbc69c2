/** Worlds of other origins, which sandboxes out of snapshots have: one for all who have it. */
import { queryObjects } from 'node:v8'
import { expect, test } from 'vitest'
import { loadSystems } from '../../src/systems/load.js'
import { fixturesFolder } from '../../src/paths.js'
import { createAjv } from '../../src/core/schemas.js'
import type { System } from '../../src/core/system.js'
import { live } from '../../src/systems/live/index.js'
import { loadWorld, serve } from '../../src/core/world.js'

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

test('fields that have a default are filled in, however large the world is to be', async () => {
  const users = createAjv({ openapi: '3.1.0' }, { useDefaults: true }).compile({ type: 'object', properties: { badge: { type: 'string', default: 'none' } } })
  const own: System = { ...live, validators: { ...live.validators, records: { ...live.validators.records, users: users as never } } } // Ajv made the others as well
  for (const scale of [0, 3]) {
    const { collections } = await loadWorld(own, { folder: fixturesFolder, areChecked: false }, { boot: 0, scale })
    const found = [...(collections.get('users')?.source.scan() ?? [])].map(({ badge }) => badge)
    expect([scale, found.length > 2, new Set(found)]).toEqual([scale, true, new Set(['none'])])
  }
})
