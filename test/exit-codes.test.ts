/** The exit codes that docs/command-line.md tells, in both languages. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cliFile, understudy } from './support/cli.js'

test.each([
  [0, ['list']],
  [1, ['start', '--prot', '1']],
  [1, ['ctl', '--url', 'http://127.0.0.1:1', 'sms']],
  [1, ['data', 'check', 'no-such-folder']],
  [2, ['diff', 'no-such-file.yaml', 'no-such-file.yaml']],
  [2, ['drift', '--url', 'http://127.0.0.1:1']],
  [2, ['exec', '--systems', 'live', '--', process.execPath, cliFile, 'ctl', 'record', 'scenario', 'seen']],
  [42, ['exec', '--systems', 'live', '--', process.execPath, '-e', 'process.exitCode = 42']],
  [127, ['exec', '--systems', 'live', '--', 'no-such-command', 'x']],
])('%i: understudy %j', async (code, args) => {
  expect(await understudy(args)).toMatchObject({ code, signal: null })
})

test.each(['command-line.md', 'command-line.zh-CN.md'])('%s has all of them', (page) => {
  const text = readFileSync(new URL(`../docs/${page}`, import.meta.url), 'utf8')
  expect([...text.matchAll(/^\| (\d+)(?:,|、| \|)/gm)].map(([, code]) => Number(code))).toEqual([0, 1, 2, 127, 130])
})
