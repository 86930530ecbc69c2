/** What somebody sees whose Node.js is too old: one sentence, whichever way he started it. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { cliFile } from './support/cli.js'

const root = new URL('..', import.meta.url)
const { engines, bin, scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { engines: { node: string }; bin: { understudy: string }; scripts: Record<string, string> } // our own file

/** Runs a program as a Node.js of that version would see it. */
async function runAs(version: string, args: readonly string[]) {
  const pretend = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`
  const ended = await promisify(execFile)(process.execPath, ['--import', pretend, ...args], { cwd: root }).then((output) => ({ ...output, code: 0 }), (failed: unknown) => failed)
  return ended as { code: number; stdout: string; stderr: string } // as execFile has it, failed or not
}

describe.each([
  ['understudy', [cliFile, 'list']],
  ['npm start', ['src/needs-node.js']],
] as const)('%s', (_way, args) => {
  test.each(['18.20.8', '20.10.0', '20.18.3'])('with Node.js %s ends with one sentence', async (version) => {
    const { code, stdout, stderr } = await runAs(version, args)
    expect([code, stdout, stderr]).toEqual([1, '', `understudy needs Node.js ${engines.node.replace('>=', '')} or newer, and this is ${version}. Install a newer one from https://nodejs.org, or with nvm: nvm install 22\n`])
  })

  test.each(['20.19.0', '22.0.0', '100.0.0'])('with Node.js %s goes on', async (version) => {
    expect(await runAs(version, args)).toMatchObject({ code: 0, stderr: '' })
  })
})

test('npm start asks before it builds, and the command before it loads anything', () => {
  expect(scripts['prestart']).toMatch(/^node src\/needs-node\.js && /)
  expect(bin.understudy).toBe('./dist/cli.js')
  expect(readFileSync(new URL('src/cli.ts', root), 'utf8').match(/^import .*$/gm)).toEqual(["import './needs-node.js'"])
})
