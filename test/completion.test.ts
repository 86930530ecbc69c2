/** Completion as shells do it: each is run; zsh and fish where they are installed. */
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { understudy } from './support/cli.js'

const script = async (shell: string) => (await understudy(['completion', shell])).stdout

describe('bash', () => {
  /** @returns what bash offers for the last of the words */
  async function offers(lines: readonly (readonly string[])[]): Promise<string[][]> {
    const asked = lines.map((words) => `COMP_WORDS=(understudy ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${String(words.length)}; COMPREPLY=(); _understudy; echo "\${COMPREPLY[*]}"`)
    const { stdout, stderr, status } = spawnSync('bash', ['--noprofile', '--norc', '-c', `${await script('bash')}\n${asked.join('\n')}`], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
    return stdout.split('\n').slice(0, -1).map((line) => line.split(' ').filter((word) => word !== ''))
  }

  test('completes commands, moves, systems, flags and their values, wherever flags stand', async () => {
    const [commands, systems, flags, moves, deeper, modes, languages, nothing, which] = await offers([
      ['do'], ['start', 'l'], ['start', 'live', '--max'], ['ctl', '--sandbox', 'alice', 'cl'], ['ctl', 'clock', 'a'], ['ctl', 'backend', 'live', '--mode', 'real'], ['diff', '--lang', ''], ['ctl', 'clock', 'xyz'], ['ctl', 'users', 'live', '--logged-in', ''],
    ])
    expect(commands).toEqual(['doctor'])
    expect(systems).toEqual(['live'])
    expect(flags).toEqual(['--max-sandboxes', '--max-memory'])
    expect(moves).toEqual(['clock'])
    expect(deeper).toEqual(['advance'])
    expect(modes).toEqual(['real', 'real-or-stub'])
    expect(languages).toEqual(['en', 'zh'])
    expect(nothing).toEqual([])
    expect(which).toEqual(['only', 'first'])
  })
})

/** Installed here, or in the gate. */
const has = (shell: string) => spawnSync(shell, ['--version']).error === undefined || (process.env['CI'] ?? '') !== ''

describe.skipIf(!has('fish'))('fish', () => {
  test('completes the same, wherever flags stand', async () => {
    const asked = ['start l', 'start live --max', 'ctl --sandbox alice cl', 'ctl clock a', 'ctl backend live --mode real', 'diff --lang ']
    const { stdout, stderr, status } = spawnSync('fish', ['--no-config', '-c', `${await script('fish')}\n${asked.map((line) => `complete -C 'understudy ${line}'; echo =`).join('\n')}`], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
    const offered = stdout.split('=\n').slice(0, -1).map((lines) => lines.split('\n').map((line) => line.split('\t')[0] ?? ''))
    const expected = [['live'], ['--max-memory', '--max-sandboxes'], ['clock'], ['advance'], ['real', 'real-or-stub'], ['en', 'zh']]
    // It offers the files of the folder besides.
    for (const [at, words] of expected.entries()) expect(offered[at]).toEqual(expect.arrayContaining(words))
  })
})

describe.skipIf(!has('zsh'))('zsh', () => {
  test('completes the same, wherever flags stand', async () => {
    // Outside of a widget nothing may be offered, so what offers prints instead.
    const around = [
      'compdef() { : }',
      'compadd() { shift; print -r -- "$@" }',
      '_describe() { print -r -- ${(P)2} }',
      '_files() { print files }',
      'try() { words=(understudy "$@"); CURRENT=${#words}; _understudy }',
    ]
    const asked = ['try do', 'try ctl --sandbox alice cl', 'try ctl backend live --mode real', "try diff --lang ''"]
    const { stdout, stderr, status } = spawnSync('zsh', ['-f', '-c', [...around, await script('zsh'), ...asked].join('\n')], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
    const [commands, moves, modes, languages] = stdout.split('\n')
    expect(commands).toMatch(/(?:^| )doctor:/)
    expect(moves).toMatch(/(?:^| )clock:/)
    expect([modes, languages]).toEqual(['stub real real-or-stub compare', 'en zh'])
  })
})

test('another shell is named, with those that there are', async () => {
  expect(await understudy(['completion'])).toMatchObject({ code: 1, stderr: expect.stringContaining("'bash|zsh|fish'") as unknown })
  expect(await understudy(['completion', 'tcsh'])).toMatchObject({ code: 1, stderr: expect.stringContaining('Allowed choices are bash, zsh, fish') as unknown })
})
