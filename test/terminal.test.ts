/** What backends, apps and pages call themselves steers nobody's terminal: commands write it out. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createStub } from '../src/index.js'
import { legible, legibleData, legibleJson, legibleLines } from '../src/plain/legible.js'
import { understudy } from './support/cli.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()

/** Clears the screen, hides text, takes another title, fills the clipboard, forges a line; the same in one character of C1; turns the direction. */
const HOSTILE = 'a\x1b[2J\x1b[8m\x1b]0;pwn\x07\x1b]52;c;aGk=\x07\r\nb\x9b2J\u202eevil\u2066\u200f\u2028'
const WRITTEN_OUT = String.raw`a\x1b[2J\x1b[8m\x1b]0;pwn\x07\x1b]52;c;aGk=\x07\r\nb\x9b2J\u202eevil\u2066\u200f\u2028`
/** All but line ends and colours of our own. */
const STEERING = /\x1b(?!\[(?:[124]|2[24]|3[12369])m)|[^\P{Cc}\n\x1b]|[\p{Bidi_Control}\u2028\u2029]/u

/** A stub beside a backend that answers with a field of that name, and an app that asks with a number like it. */
async function hostile() {
  const backend = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ code: 2000, desc: 'ok', [HOSTILE]: 1 }))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => backend.once('listening', resolve))
  closing.push(async () => { backend.close() })
  const stub = await createStub({ systems: ['live'], backends: { live: `http://127.0.0.1:${String((backend.address() as AddressInfo).port)}` } })
  closing.push(() => stub.close())
  const box = await stub.sandbox('default')
  await box.fetch('/live/auth/code?mobile=13800003001')
  await box.backends.clear('live')
  await box.sessions.issue({ system: 'live', user: '13800003001', device: { label: HOSTILE } })
  return { stub, box, run: (line: string, color = false) => understudy(line.split(' '), { env: { UNDERSTUDY_URL: stub.url, ...(color ? { NO_COLOR: '', FORCE_COLOR: '1' } : {}) } }) }
}

test.each(['ctl drift', 'drift --format md', 'drift --format html', 'drift --lang zh', 'ctl requests', 'ctl sessions'])('%s writes out what would steer a terminal', async (line) => {
  const { run } = await hostile()
  for (const color of [false, true]) {
    const { stdout, stderr } = await run(line, color)
    expect(stderr).toBe('')
    expect(stdout).not.toMatch(STEERING)
    // Our own colours stay, and are ours alone.
    expect(stdout).not.toContain('\x1b[8m')
    if (color && line.startsWith('ctl')) expect(stdout).toContain('\x1b[2m')
    if (line === 'ctl sessions') expect(stdout).toContain(` ${WRITTEN_OUT} `)
    else if (line !== 'drift --format md') expect(stdout.replaceAll('\\\\', '\\')).toContain(String.raw`\x1b]52;c;aGk=\x07`)
  }
})

test.each(['ctl --json drift', 'drift --format json', 'drift --format sarif', 'ctl --json sessions'])('%s is JSON of which a terminal can be shown every character', async (line) => {
  const { run } = await hostile()
  const { stdout } = await run(line)
  expect(stdout).not.toMatch(STEERING)
  expect(() => JSON.parse(stdout) as unknown).not.toThrow()
  if (line === 'ctl --json sessions') expect(JSON.parse(stdout)).toMatchObject([{ device: { label: HOSTILE } }])
})

test('a command that fails says so without what steers a terminal', async () => {
  const { code, stderr } = await understudy(['ctl', '--sandbox', HOSTILE.replaceAll('\r\n', ''), 'clock'], { env: { UNDERSTUDY_URL: (await hostile()).stub.url } })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^error: /)
  expect(stderr).not.toMatch(STEERING)
})

test('texts are written out in one line, in lines that stay, in data with the names of its fields, and in JSON that says the same', () => {
  expect(legible(HOSTILE)).toBe(WRITTEN_OUT)
  expect(legible('沙箱 · ✓ “é” \u{1f600}\ta')).toBe(String.raw`沙箱 · ✓ “é” 😀\ta`)
  expect(legibleLines('a\r\n\tb\rc\x1b[1m')).toBe('a\n\tb\\x0dc\\x1b[1m')
  expect(legibleData({ [HOSTILE]: [HOSTILE, 1, null, true] })).toEqual({ [WRITTEN_OUT]: [WRITTEN_OUT, 1, null, true] })
  expect(legibleJson({ [HOSTILE]: HOSTILE, del: '\x7f' })).not.toMatch(STEERING)
  expect(JSON.parse(legibleJson({ [HOSTILE]: HOSTILE }, 2))).toEqual({ [HOSTILE]: HOSTILE })
})
