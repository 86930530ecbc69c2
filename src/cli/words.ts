/** Commands that are given as words, `npm test`, on a system where not every program is one. */
import { existsSync } from 'node:fs'
import { win32 } from 'node:path'

/** What `spawn` is given. */
export interface Invocation {
  readonly file: string
  readonly args: readonly string[]
  /** Whether the words stand in `args` as the interpreter is to read them. */
  readonly verbatim: boolean
}

/** What of the system is looked at. */
export interface HostSystem {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly exists: (file: string) => boolean
}

/**
 * On Windows `npm` and `npx` are batch files, which its interpreter alone can run, and which see nothing of its special characters in the words.
 * @returns how the words are run without a shell wherever that is possible
 */
export function invocationOf([command = '', ...args]: readonly string[], system: HostSystem = { platform: process.platform, env: process.env, exists: existsSync }): Invocation {
  const found = system.platform === 'win32' ? findOnWindows(command, system) : null
  if (found === null || !/\.(?:cmd|bat)$/i.test(found)) return { file: found ?? command, args, verbatim: false }
  const line = [found.replaceAll(SPECIAL, '^$1'), ...args.map(inBatch)].join(' ')
  return { file: system.env['ComSpec'] ?? 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true }
}

/** The file that a command is: as it is written, then with the endings of programs, beside the process and along the path. */
function findOnWindows(command: string, { env, exists }: HostSystem): string | null {
  const endings = (env['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';').filter((ending) => ending !== '')
  const folders = /[\\/]/.test(command) ? [''] : ['', ...(env['PATH'] ?? env['Path'] ?? '').split(';').filter((folder) => folder !== '')]
  for (const folder of folders) {
    for (const ending of win32.extname(command) === '' ? endings : ['', ...endings]) {
      const file = win32.join(folder, `${command}${ending}`)
      if (exists(file)) return file
    }
  }
  return null
}

/** What means something to the interpreter. */
const SPECIAL = /([()\][%!^"`<>&|;, *?])/g

/** A word in quotes as programs take it; guarded twice, as a batch file hands its words to the interpreter once more. */
function inBatch(word: string): string {
  const quoted = `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`
  return quoted.replaceAll(SPECIAL, '^$1').replaceAll(SPECIAL, '^$1')
}
