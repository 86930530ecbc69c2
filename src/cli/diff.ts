/** `understudy diff <old> <new>` */
import { type Command, Option } from 'commander'
import pc from 'picocolors'
import type { SystemChanges } from './diff/change.js'
import { compare } from './diff/compare.js'
import { readSides } from './diff/side.js'
import { legibleData } from '../plain/legible.js'
import { fail, print, printJson, progressOn } from './output.js'

interface DiffFlags {
  readonly lang: 'en' | 'zh'
  readonly json?: true
}

/** Adds the command to the program. */
export function addDiff(program: Command): void {
  program
    .command('diff')
    .summary('compare two versions of the contract')
    .description(
      'Compares two versions of the contract and says what breaks apps that keep to the old one.\nExit code 1 if anything does, 2 if they cannot be compared.\n' +
        'Each side is an OpenAPI file (JSON or YAML), a folder, a git revision, or <revision>:<file>. Of a project, in a folder or at a\n' +
        'revision, the handwritten documents are read (openapi/*.yaml), or the bundled ones where it has no others:\n' +
        '  understudy diff HEAD~1 .\n' +
        '  understudy diff v1.2.0 v1.3.0 --lang zh\n' +
        '  understudy diff old/live.yaml openapi/live.yaml',
    )
    .argument('<old>', 'the version that apps are built on')
    .argument('<new>', 'the version to be judged')
    .addOption(new Option('--lang <language>', 'language of the report').choices(['en', 'zh']).default('en'))
    .option('--json', 'as JSON')
    .action((old: string, now: string, flags: DiffFlags) => diff(old, now, flags).catch((error: unknown) => {
      fail(error)
      process.exitCode = 2
    }))
}

async function diff(old: string, now: string, { lang, json }: DiffFlags): Promise<void> {
  const at = progressOn()
  at('reading both versions')
  const [before, after] = await readSides(old, now)
  at('comparing them')
  const systems = await compare(before, after).finally(() => { at('') })
  const breaking = systems.some(({ changes }) => changes.some((change) => change.breaking))
  if (json) printJson({ read: { old: before.read, new: after.read }, breaking, systems }, 2)
  else print(`${pc.dim(`${before.read}\n${after.read}`)}\n\n${reportOf(legibleData(systems), lang)}`)
  if (breaking) process.exitCode = 1
}

const WORDS = {
  en: { none: 'The contracts are the same.', breaking: 'breaking', other: 'other', total: 'in all', colon: ': ' },
  zh: { none: '契约没有改动。', breaking: '不兼容', other: '其他', total: '合计', colon: '：' },
} as const

/** @returns the changes as text for a terminal: breaking ones with a cross, first in each system */
export function reportOf(systems: readonly SystemChanges[], lang: 'en' | 'zh'): string {
  const words = WORDS[lang]
  if (systems.length === 0) return `${words.none}\n`
  const count = (changes: SystemChanges['changes']) => {
    const breaking = changes.filter((change) => change.breaking).length
    return `${String(breaking)} ${words.breaking}, ${String(changes.length - breaking)} ${words.other}`
  }
  const parts = systems.map(({ system, changes }) => {
    const lines = changes.map(({ breaking, where, text }) => `  ${breaking ? pc.red('✗') : pc.dim('·')} ${pc.bold(where)}${words.colon}${text[lang]}`)
    return `${pc.bold(pc.underline(system))} ${count(changes)}\n${lines.join('\n')}\n`
  })
  return `${parts.join('\n')}\n${words.total}${words.colon}${count(systems.flatMap(({ changes }) => changes))}\n`
}
