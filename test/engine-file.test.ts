import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Disk } from '../src/core/engine/file/disk.js'
import { fileEngine } from '../src/core/engine/file/engine.js'
import { testEngine } from './support/engine.js'

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
