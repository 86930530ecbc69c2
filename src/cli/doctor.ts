/** `understudy doctor` */
import { Command } from 'commander'
import pc from 'picocolors'
import { addSettingFlags } from './config/settings.js'
import { certificate, configuration, network, node, port, proxies, variables } from './doctor/checks.js'
import type { DoctorFinding } from './doctor/finding.js'
import { generated } from './doctor/generated.js'
import { legibleLines } from '../plain/legible.js'
import { print, printJson, progressOn, table } from './output.js'

const MARKS = { good: pc.green('✓'), note: pc.yellow('!'), bad: pc.red('✗') } as const

/** The longest name of what is looked at. */
const ABOUT_WIDTH = 'configuration'.length

/** Adds the command to the program. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('look whether a stub can be started and reached here')
    .description('Looks at what most often keeps a stub from starting or a phone from reaching it, and says what to do.\nExit code 1 if something is wrong; what is only worth knowing is not.')
    .option('-c, --config <file>', 'the configuration; without it understudy.config.ts, .js or .json of this folder')
    .option('-p, --port <number>', 'look at this port, and not at the one that the configuration says')
    .option('--json', 'as JSON')
    .action(async ({ config, port: wanted, json }: { readonly config?: string; readonly port?: string; readonly json?: true }) => {
      const settings = addSettingFlags(new Command())
      const { finding, place } = await configuration(settings, [...(config === undefined ? [] : ['--config', config]), ...(wanted === undefined ? [] : ['--port', wanted])])
      const findings: DoctorFinding[] = []
      // People see each as soon as it is known.
      const tell = (...found: readonly DoctorFinding[]) => {
        findings.push(...found)
        if (!json) for (const { state, about, text } of found) print(`${table([[MARKS[state], pc.bold(about.padEnd(ABOUT_WIDTH)), legibleLines(text)]])}\n`)
      }
      tell(node(), finding)
      if (place !== null) tell(await port(place))
      tell(variables(settings), ...proxies(), network(), await certificate())
      tell(...(await generated(progressOn())))
      if (json) printJson(findings, 2)
      if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1
    })
}
