/** The folder behind the engine `file`: calls at the same time share what a group costs, and none is held up for it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Disk } from '../../src/core/engine/file/disk.js'
import { startingWith } from '../../src/core/engine/file/layout.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-disk-'))
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(folder, { recursive: true })
})

const put = (key: string, value: number) => [{ type: 'put', key, value: JSON.stringify(value) }] as const

test('a folder that cannot be opened says why, and not that another stub has it', async () => {
  writeFileSync(join(folder, 'db'), 'no folder')
  await expect(Disk.open(folder)).rejects.toThrow(new RegExp(`^the folder ${folder} cannot be opened: .*db`))
})

test('after a group of many a single write waits a moment and no longer, also in a test that fakes its timers', async () => {
  const disk = await Disk.open(folder)
  vi.useFakeTimers()
  await Promise.all(Array.from({ length: 16 }, (_, i) => disk.write(put(`k/${String(i)}`, i))))
  await disk.write(put('k/last', 16))
  await disk.write(put('k/unwaited', 17), false)
  expect(await disk.keys(startingWith('k/'))).toHaveLength(18)
  await disk.close()
})

test('whoever writes together and one after the other is written down in that order', async () => {
  const disk = await Disk.open(folder)
  const writers = Array.from({ length: 24 }, async (_, writer) => {
    for (let value = 1; value <= 10; value++) {
      await disk.write([...put(`own/${String(writer)}`, value), ...put('shared', writer * 100 + value)])
      expect(await disk.read(`own/${String(writer)}`)).toBe(value)
    }
  })
  await Promise.all(writers)
  await Promise.all([disk.write(put('shared', 1)), disk.write(put('shared', 2)), disk.write(put('shared', 3), false)])
  expect(await disk.read('shared')).toBe(3)
  await disk.close()
  const again = await Disk.open(folder)
  expect(await again.read('shared')).toBe(3)
  expect(await again.read('own/23')).toBe(10)
  await again.close()
})
