/** Work that takes longer than a second says on a terminal what it is at, and nothing where nobody looks on. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { cliFile, understudy } from './support/cli.js'

const document = fileURLToPath(new URL('../openapi/bundled/trid.json', import.meta.url))
/** `script` gives a program a terminal; not every system has it, or the same one. */
const hasTerminal = process.platform === 'linux' && spawnSync('script', ['--version']).error === undefined

test.skipIf(!hasTerminal)('on a terminal the step that is under way is written over by the next, and gone at the end', () => {
  const { NO_COLOR: _plain, ...env } = process.env
  const command = [process.execPath, cliFile, 'diff', document, document].map((word) => `'${word}'`).join(' ')
  const { stdout, status } = spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8', env: { ...env, TERM: 'xterm' } })
  expect(status).toBe(0)
  const line = '\r\u001B[2K'
  expect(stdout).toContain(`${line}\u001B[2mreading both versions …\u001B[22m${line}`)
  expect(stdout.slice(stdout.lastIndexOf(line) + line.length)).toContain('The contracts are the same.')
})

test('elsewhere nothing of it is written, and NO_COLOR leaves the colours out', async () => {
  const { code, stdout, stderr } = await understudy(['diff', document, document], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).not.toContain('\u001B')
  expect((await understudy(['diff', document, document], { env: { FORCE_COLOR: '1', NO_COLOR: '' } })).stdout).toContain('\u001B')
})

test('colours are for terminals: a CI job that reads what is printed gets none, nor does a file', async () => {
  const env = { CI: 'true', NO_COLOR: '', FORCE_COLOR: '' }
  for (const command of [['diff', document, document], ['list'], ['doctor'], ['ctl', 'nothing-like-it'], ['start', 'nothing-like-it']]) {
    const { stdout, stderr } = await understudy(command, { env })
    expect(stdout + stderr).not.toContain('\u001B')
  }
})
