/** What users run, as Windows sees it: its paths, its programs, its files. */
import { expect, test } from 'vitest'
import { invocationOf, type HostSystem } from '../src/cli/words.js'
import { whereAndWhy } from '../src/plain/where.js'

const files = ['C:\\Program Files\\nodejs\\node.exe', 'C:\\Program Files\\nodejs\\npm.cmd', 'tools\\seed.bat']
const windows: HostSystem = { platform: 'win32', env: { Path: 'C:\\Windows;C:\\Program Files\\nodejs', ComSpec: 'C:\\Windows\\cmd.exe' }, exists: (file) => files.some((one) => one.toLowerCase() === file.toLowerCase()) }

test('exec runs programs as they are, npm and other batch files by the interpreter, and leaves what is not there to be told', () => {
  expect(invocationOf(['node', '-e', 'a & b'], windows)).toEqual({ file: 'C:\\Program Files\\nodejs\\node.EXE', args: ['-e', 'a & b'], verbatim: false })
  expect(invocationOf(['npm', 'test'], windows)).toEqual({ file: 'C:\\Windows\\cmd.exe', args: ['/d', '/s', '/c', '"C:\\Program^ Files\\nodejs\\npm.CMD ^^^"test^^^""'], verbatim: true })
  expect(invocationOf(['tools/seed.bat'], windows)).toMatchObject({ args: ['/d', '/s', '/c', '"tools\\seed.bat"'] })
  expect(invocationOf(['no-such-command', 'x'], windows)).toEqual({ file: 'no-such-command', args: ['x'], verbatim: false })
  expect(invocationOf(['npm', 'test'], { ...windows, platform: 'linux' })).toEqual({ file: 'npm', args: ['test'], verbatim: false })
})

test('a word reaches a batch file as it was written, whatever it means to the interpreter', () => {
  for (const word of ['plain', 'two words', 'a&b|c>d', '%PATH%', 'say "hi"', 'C:\\dir\\', '100%', 'a\\"b', '']) expect(readTwice(lineOf(word))).toBe(word)
})

function lineOf(word: string): string {
  const [line = ''] = invocationOf(['npm', word], windows).args.slice(-1)
  return line.slice('"C:\\Program^ Files\\nodejs\\npm.CMD '.length, -1)
}

/** The interpreter takes one guard off for the line, and one for the batch file; then a program takes the quotes off. */
function readTwice(text: string): string {
  const once = (line: string) => line.replaceAll(/\^(.)/g, '$1')
  const quoted = once(once(text))
  expect([quoted.at(0), quoted.at(-1)]).toEqual(['"', '"'])
  return quoted.slice(1, -1).replaceAll(/(\\+)"|(\\+)$/g, (_all, before: string | undefined, last: string | undefined) => (before === undefined ? '\\'.repeat((last ?? '').length / 2) : `${'\\'.repeat(Math.floor(before.length / 2))}"`))
}

test('the place of a mistake is told with drives, strokes and spaces', () => {
  const error = Object.assign(new TypeError('not today'), { stack: 'TypeError: not today\n    at file:///C:/Users/Jane%20Doe/app/node_modules/x/y.js:1:1\n    at run (file:///C:/app/team.ts:2:7)\n    at node:internal/modules:1:2' })
  expect(whereAndWhy(error, 'C:\\app')).toBe('C:/app/team.ts:2:7: not today')
  const syntax = Object.assign(new SyntaxError('no such export'), { stack: 'C:\\My Work\\app\\team.ts:31\nimport\n  ^\nSyntaxError: no such export' })
  expect(whereAndWhy(syntax, 'C:\\My Work\\app')).toBe('C:\\My Work\\app\\team.ts:31: no such export')
})
