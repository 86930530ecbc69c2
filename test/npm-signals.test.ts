/** A signal that npm alone gets, as from an IDE, a process manager or a CI job: whatever npm started ends with it. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { beginProcess } from './support/cli.js'
import { copyRepository } from './support/repository.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'understudy-npm-')))
beforeAll(() => { copyRepository(folder) })
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

test.each([
  ['start', 'SIGTERM'], ['start', 'SIGINT'], ['dev', 'SIGTERM'], ['dev', 'SIGINT'],
] as const)('npm run %s, %s', async (script, signal) => {
  const npm = beginProcess('npm', ['run', script, '--silent', '--', 'live', '--port', '0'], { cwd: folder })
  const [, url = ''] = await npm.says(/control plane (http:\S+)\/__admin/)
  expect((await fetch(`${url}/auth/code?mobile=13800003001`)).status).toBe(200)
  npm.child.kill(signal)
  // It ends when the last process does that has the output which npm was given.
  await npm.ended
  await expect(fetch(`${url}/auth/code?mobile=13800003001`)).rejects.toThrow('fetch failed')
}, 120_000)
