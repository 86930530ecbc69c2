import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
