/** Whatever npm started ends when npm is told to: by a signal that it alone gets, as from an IDE, a process manager or a CI job, and by Ctrl+C, which all get. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { beginProcess } from './support/cli.js'
import { copyRepository } from './support/repository.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'understudy-npm-')))
beforeAll(() => { copyRepository(folder) })
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

// A SIGINT that npm alone gets ends nothing: the shell between waits for what it started, as POSIX has it.
test.each([
  ['start', 'SIGTERM', 'npm'], ['start', 'SIGINT', 'all'], ['dev', 'SIGTERM', 'npm'], ['dev', 'SIGINT', 'all'],
] as const)('npm run %s, %s to %s', async (script, signal, whom) => {
  const npm = beginProcess('npm', ['run', script, '--silent', '--', 'live', '--port', '0'], { cwd: folder, detached: true })
  const [, url = ''] = await npm.says(/control plane (http:\S+)\/__admin/)
  expect((await fetch(`${url}/auth/code?mobile=13800003001`)).status).toBe(200)
  const { pid = 0 } = npm.child
  process.kill(whom === 'npm' ? pid : -pid, signal)
  // It ends when the last process does that has the output which npm was given.
  await npm.ended
  await expect(fetch(`${url}/auth/code?mobile=13800003001`)).rejects.toThrow('fetch failed')
}, 120_000)
