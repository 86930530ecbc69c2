/** Completion as shells do it: bash is run; zsh and fish are where they are installed. */
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
    const [commands, systems, flags, moves, deeper, modes, languages, nothing] = await offers([
      ['do'], ['start', 'l'], ['start', 'live', '--max'], ['ctl', '--sandbox', 'alice', 'cl'], ['ctl', 'clock', 'a'], ['ctl', 'backend', 'live', '--mode', 'real'], ['diff', '--lang', ''], ['ctl', 'clock', 'xyz'],
    ])
    expect(commands).toEqual(['doctor'])
    expect(systems).toEqual(['live'])
    expect(flags).toEqual(['--max-sandboxes', '--max-memory'])
    expect(moves).toEqual(['clock'])
    expect(deeper).toEqual(['advance'])
    expect(modes).toEqual(['real', 'real-or-stub'])
    expect(languages).toEqual(['en', 'zh'])
    expect(nothing).toEqual([])
  })
})

test.each(['zsh', 'fish'])('%s can read its script, where it is installed', async (shell) => {
  const text = await script(shell)
  for (const word of ['doctor', 'advance', 'live']) expect(text).toContain(word)
  const { error, status, stderr } = spawnSync(shell, ['-n'], { input: text, encoding: 'utf8' })
  if (error === undefined) expect([status, stderr]).toEqual([0, ''])
})

test('another shell is named, with those that there are', async () => {
  expect(await understudy(['completion', 'tcsh'])).toMatchObject({ code: 1, stderr: expect.stringContaining('Allowed choices are bash, zsh, fish') as unknown })
})
