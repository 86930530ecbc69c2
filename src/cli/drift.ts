/** `understudy drift` */
import { type Command, Option } from 'commander'
import type { DriftReport } from '../client/control.js'
import { legibleData, legibleJson, legibleLines } from '../plain/legible.js'
import { fail, print } from './output.js'
import { type ReachFlags, reachStub, tokenOption, urlOption } from './reach.js'
import { asHtml } from './drift/html.js'
import { asMarkdown } from './drift/markdown.js'
import { asSarif } from './drift/sarif.js'
import type { Language } from '../plain/bilingual.js'

interface DriftFlags extends ReachFlags {
  readonly sandbox: string
  readonly system?: string
  readonly lang: Language
  readonly format: keyof typeof formats
}

const formats = {
  md: asMarkdown,
  html: asHtml,
  json: (report: DriftReport) => `${legibleJson(report, 2)}\n`,
  sarif: asSarif,
} as const

/** Adds the command to the program. */
export function addDrift(program: Command): void {
  program
    .command('drift')
    .summary('report where real backends are not what their contracts say')
    .description(
      'Reports, for the backend team and for CI, what a running stub found out about the real backends beside it.\n' +
        'Exit code 1 if anything was found, 2 if nothing can be told: the stub does not answer, or no real backend was asked.\n' +
        '  understudy drift --lang zh --format md > drift.md\n' +
        '  understudy drift --format sarif > drift.sarif',
    )
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(new Option('--sandbox <name>', 'the sandbox meant').env('UNDERSTUDY_SANDBOX').default('default'))
    .option('--system <id>', 'only of this system')
    .addOption(new Option('--lang <language>', 'language of the report').choices(['en', 'zh']).default('en'))
    .addOption(new Option('--format <format>', 'form of the report').choices(Object.keys(formats)).default('md'))
    .action((flags: DriftFlags) => drift(flags).catch((error: unknown) => {
      fail(error)
      process.exitCode = 2
    }))
}

async function drift({ sandbox, system, lang, format, ...flags }: DriftFlags): Promise<void> {
  const { stub } = await reachStub(flags)
  const report = await (await stub.sandbox(sandbox)).backends.drift(system)
  print(formats[format](format === 'json' ? report : shown(report), lang))
  if (report.drift.length > 0) process.exitCode = 1
  else if (report.calls.length === 0) throw new Error(`no real backend was asked in the sandbox ${JSON.stringify(sandbox)}; put one beside the stub with "understudy ctl backend", and call it through the stub`)
}

/** What a backend sends steers no terminal and no page; examples keep their lines. */
function shown(report: DriftReport): DriftReport {
  const { drift, ...rest } = legibleData(report)
  return { ...rest, drift: drift.map((row, index) => ({ ...row, last: { ...row.last, body: linesOf(report.drift[index]?.last.body) } })) }
}

function linesOf(body: string | null | undefined): string | null {
  return body === null || body === undefined ? null : legibleLines(body)
}
