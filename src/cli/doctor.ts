/** `understudy doctor` */
import { Command } from 'commander'
import pc from 'picocolors'
import { addSettingFlags } from './config/settings.js'
import { certificate, configuration, generated, network, node, port, proxies, variables } from './doctor/checks.js'
import type { Finding } from './doctor/finding.js'
import { table } from './output.js'

const MARKS = { good: pc.green('✓'), note: pc.yellow('!'), bad: pc.red('✗') } as const

/** Adds the command to the program. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('look whether a stub can be started and reached here')
    .description('Looks at what most often keeps a stub from starting or a phone from reaching it, and says what to do.\nExit code 1 if something is wrong; what is only worth knowing is not.')
    .option('-c, --config <file>', 'the configuration; without it understudy.config.ts, .js or .json of this folder')
    .option('--json', 'as JSON')
    .action(async ({ config, json }: { readonly config?: string; readonly json?: true }) => {
      const settings = addSettingFlags(new Command())
      const { finding, place } = await configuration(settings, config)
      const findings: Finding[] = [node(), finding, ...(place === null ? [] : [await port(place)]), variables(settings), ...proxies(), network(), await certificate(), ...(await generated())]
      process.stdout.write(json ? `${JSON.stringify(findings, null, 2)}\n` : `${table(findings.map(({ state, about, text }) => [MARKS[state], pc.bold(about), text]))}\n`)
      if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1
    })
}
