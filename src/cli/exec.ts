/** `understudy exec "<command>"` */
import { spawn } from 'node:child_process'
import { type Command, Option } from 'commander'
import { fail } from './output.js'
import { resolvePlayed } from './config/settings.js'
import { parsePort, parseWhole } from './config/parse.js'
import { explainStart } from './start.js'
import { invocationOf } from './words.js'

interface ExecFlags {
  readonly systems: readonly string[]
  readonly config?: string
  readonly port: number
  readonly seed?: number
}

/** How the command ended. */
interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Adds the command to the program. */
export function addExec(program: Command): void {
  program
    .command('exec')
    .summary('run a command against a stub of its own')
    .description(
      'Starts a stub on a free port, runs the command, stops the stub and ends as the command did. It plays what the configuration file says\n' +
        '(systems, fixtures, seed, backends), but listens and keeps sandboxes where nobody else does.\n' +
        'The command finds the stub in UNDERSTUDY_URL, and each system in UNDERSTUDY_<SYSTEM>_URL.\n' +
        'One argument is given to the shell: understudy exec "npm test && npm run e2e"; several are run as they are: understudy exec -- npm test',
    )
    .argument('<command...>', 'the command to run')
    .option('--systems <ids>', 'the systems to serve, with commas between; all when left out', (text) => text.split(',').filter((id) => id !== ''), [])
    .option('-p, --port <number>', 'port to listen on; 0 takes a free one', parsePort, 0)
    .option('--seed <number>', 'seed of ids and tokens; the same seed gives the same values', parseWhole)
    .addOption(new Option('-c, --config <file>', 'the configuration; without it understudy.config.ts, .js or .json of this folder').env('UNDERSTUDY_CONFIG'))
    .action(exec)
}

async function exec(command: readonly string[], { systems: ids, config, port, seed }: ExecFlags): Promise<void> {
  const played = await resolvePlayed(ids, config)
  const { systems } = played
  const { startServer } = await import('../server.js')
  const server = await startServer({ ...played, port, ...(seed === undefined ? {} : { seed }) }).catch((error: unknown) => {
    throw explainStart(error, { port, host: '127.0.0.1' })
  })
  const urls = systems.map(({ id }) => [`UNDERSTUDY_${id.toUpperCase().replaceAll('-', '_')}_URL`, `${server.url}/${id}`] as const)
  const ending = await run(command, { UNDERSTUDY_URL: server.url, ...Object.fromEntries(urls) }).catch((error: unknown) => {
    fail(explain(error, command))
    return { code: 127, signal: null }
  })
  await server.close()
  endAs(ending)
}

function run(command: readonly string[], variables: Readonly<Record<string, string>>): Promise<Ending> {
  // One argument is a line for the shell.
  const { file, args, verbatim } = command.length === 1 ? { file: command[0] ?? '', args: [], verbatim: false } : invocationOf(command)
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit', shell: command.length === 1, windowsVerbatimArguments: verbatim, env: { ...process.env, ...variables } })
    // Ctrl+C in a terminal reaches the command without our help; all that is left to do is to outlive it.
    const pass = (signal: NodeJS.Signals) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    for (const signal of FORWARDED) process.on(signal, pass)
    const forget = () => {
      for (const signal of FORWARDED) process.off(signal, pass)
    }
    child.once('error', (error) => {
      forget()
      reject(error)
    })
    child.once('exit', (code, signal) => {
      forget()
      resolve({ code, signal })
    })
  })
}

/** A command that a signal ended makes this process end by the same one, so that a shell sees what happened. */
function endAs({ code, signal }: Ending): void {
  if (signal === null) process.exitCode = code ?? 1
  else process.kill(process.pid, signal)
}

function explain(error: unknown, [file]: readonly string[]): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT') return new Error(`there is no command called ${JSON.stringify(file)}`)
  if (code === 'EACCES') return new Error(`${JSON.stringify(file)} may not be run`)
  return error
}
