import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Disk } from '../src/core/engine/file/disk.js'
import { fileEngine } from '../src/core/engine/file/engine.js'
import type { Transaction } from '../src/core/store/types.js'
import { testEngine } from './support/engine.js'
import { sandboxesOn } from './support/sandboxes.js'

/** One process at a time has a folder, so both handles are of one. */
testEngine('file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-engine-'))
  const engine = fileEngine(folder)
  return {
    join: () => engine,
    close: async () => {
      await engine.stop()
      rmSync(folder, { recursive: true })
    },
  }
}, { runs: 20 })

test('commits are counted on where a folder is opened again, and none takes the place of another', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-counted-'))
  const shop = { state: { items: { key: 'id' } }, records: { items: [] } }
  const versions: number[] = []
  let kept: readonly unknown[] = []
  for (let opened = 0; opened < 4; opened++) {
    const engine = fileEngine(folder)
    const sandbox = (await sandboxesOn(engine, { systems: { shop } })).open('s')
    for (let id = 0; id < opened * 2; id++) {
      await sandbox.during(async (turn) => {
        await turn.transact('shop', (tx) => (tx as unknown as Transaction<{ items: { id: number } }>).put('items', { id: 10 * opened + id })) // of the shop above
        versions.push(turn.version)
      }, true)
    }
    kept = (await sandbox.content()).stores['shop']?.['items']?.put ?? []
    await engine.stop()
  }
  expect(versions).toEqual(Array.from({ length: 12 }, (_, i) => versions[0] === undefined ? i : versions[0] + i))
  expect(kept).toHaveLength(12)
  rmSync(folder, { recursive: true })
})

describe('a place where sandboxes cannot be kept', () => {
  const refusal = (place: string) => Disk.open(place).then(() => 'opened', (error: unknown) => (error instanceof Error ? error.message : error))

  test('is told in a sentence, whatever the system says of it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-place-'))
    const file = join(folder, 'file')
    writeFileSync(file, '')
    symlinkSync('circle', join(folder, 'circle'))
    expect(await refusal(file)).toBe(`sandboxes cannot be kept in ${file}: it is no folder`)
    expect(await refusal(join(file, 'below'))).toBe(`sandboxes cannot be kept in ${join(file, 'below')}: something on the way to it is no folder`)
    expect(await refusal(join(folder, 'circle'))).toBe(`sandboxes cannot be kept in ${join(folder, 'circle')}: the links on the way to it lead in a circle`)
    expect(await refusal(join(folder, 'x'.repeat(300)))).toContain('its name is too long')
    rmSync(folder, { recursive: true })
  })

  test.skipIf(!existsSync('/proc/self'))('is told also below /proc, where no folder can be made', async () => {
    expect(await refusal('/proc/understudy/data')).toBe('sandboxes cannot be kept in /proc/understudy/data: the folder /proc/understudy cannot be made: there is no such place')
  })

  test('is made with all folders that it lies in, by several at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-place-'))
    const disks = await Promise.all(['a', 'b'].map((name) => Disk.open(join(folder, 'one', 'two', name))))
    for (const disk of disks) await disk.close()
    rmSync(folder, { recursive: true })
  })
})
