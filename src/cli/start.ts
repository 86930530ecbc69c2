/** `understudy start [system…]` */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { pause } from '../core/clock.js'
import { guess } from '../core/guess.js'
import type { Engine } from '../core/engine/engine.js'
import { memoryEngine } from '../core/engine/memory/engine.js'
import type { Listen } from '../hosts/node/server.js'
import type { RunningServer } from '../server.js'
import { failInJson } from './config/error.js'
import { addSettingFlags, engineOf, resolveSettings, type StartSettings } from './config/settings.js'
import { unreadVariables } from './config/variables.js'
import { beFrugal } from './frugal.js'
import { print, printAside, printJson, warn } from './output.js'
import { ownScript, whenParentIsGone } from './parent.js'
import { startFacts, startScreen } from './start-screen.js'

interface StartFlags {
  readonly watch?: boolean
  /** What else is watched. */
  readonly sources: readonly string[]
  /** Whether a program reads where the stub is. */
  readonly json?: boolean
}

/** What a process around a stub has its own way with. */
export interface Hosting {
  readonly listen?: Listen
  /** Told the server once it listens. */
  readonly started?: (server: RunningServer) => void
}

/** Adds the command to the program. */
export function addStart(program: Command, hosting: Hosting = {}): void {
  const command = program
    .command('start', { isDefault: true })
    .description('serve all systems, or those named, on one port')
    .argument('[system...]', 'ids of systems, see: understudy list')
  addSettingFlags(command)
    .option('-w, --watch', 'take edits of the configuration, its systems, fixtures and scenarios over while it runs; sandboxes stay')
    // For `npm run dev`, where the package's own systems are edited.
    .addOption(new Option('--sources <folder>').hideHelp().argParser((folder: string, before: readonly string[]) => [...before, folder]).default([]))
    .addOption(new Option('--sandbox <name>').hideHelp().argParser(refuseSandbox))
    .option('--json', 'say in one line of JSON where everything is')
    .action((ids: string[], flags: StartFlags, own: Command) => start(ids, flags, own, hosting))
}

async function start(ids: string[], { watch = false, sources: folders, json = false }: StartFlags, command: Command, { listen, started }: Hosting): Promise<void> {
  const resolved = await resolveSettings(ids, command).catch((error: unknown) => {
    refuseMisspeltCommand(ids, command)
    if (!json) throw error
    failInJson(error)
    return null
  })
  if (resolved === null) return
  const { settings, lan, sources } = resolved
  const { systems, admin } = settings
  for (const { name, meant } of unreadVariables(command)) if (meant !== null && !name.endsWith('_URL')) warn(`nobody reads ${name}. Did you mean ${JSON.stringify(meant)}?`)
  // Loaded when it is needed: the other commands start in half the time without it.
  const { startServer } = await import('../server.js')
  const engine = watch ? await continuedEngineOf(settings) : await engineOf(settings)
  const starting = startServer({ ...withoutEngine(settings), ...engine }, listen)
  starting.catch(() => undefined) // told below
  if (watch) {
    const { watchEdits } = await import('./watch/watch.js')
    await watchEdits({ ids, command, sources: folders, first: resolved, server: starting, stageOf: (changed) => ({ ...withoutEngine(changed), ...engine }) })
  }
  const server = await starting.catch((error: unknown) => {
    throw explainStart(error, settings)
  })
  if (server.aside.length > 0) await (await import('./watch/aside.js')).keepAside(server.aside, settings.data)
  beFrugal()
  // Whoever reads the screen may stop the server at once.
  stopOnSignals(server)
  started?.(server)
  const screen = { hasAdmin: admin, lan, script: ownScript(), backends: settings.backends, tokenOf: settings.adminToken === undefined ? null : (sources.get('adminToken') ?? null) }
  if (json) printJson(startFacts(systems, server, screen))
  else print(startScreen(systems, server, screen))
  // Whoever builds the package anew while it runs takes the files away that it was started from. The first calls do not wait for that.
  await pause(BEFORE_THE_REST)
  await server.loadRest()
}

/** @returns the settings without where sandboxes are kept, which is not for a stage to say */
export function withoutEngine({ data: _data, engine: _engine, ...settings }: StartSettings): Omit<StartSettings, 'data' | 'engine'> {
  return settings
}

/** @returns an engine that goes on when an edit changes what it keeps sandboxes of. A folder may have been written before an edit, too */
async function continuedEngineOf(settings: StartSettings): Promise<{ readonly engine: Engine }> {
  const { ContinuedEngine } = await import('../core/engine/continued.js')
  const { engine = memoryEngine() } = await engineOf(settings, true)
  return { engine: new ContinuedEngine(engine) }
}

/** `understudy strat`: with no command by its name the first word is taken for a system. */
function refuseMisspeltCommand([first = '']: readonly string[], { parent }: Command): void {
  if (parent === null || parent.args[0] !== first) return
  const commands = parent.commands.map((command) => command.name())
  const meant = guess(first, commands)
  // "exec" among the systems to serve is a command in the wrong place, which the list of systems tells.
  if (meant !== null && !commands.includes(first)) throw new Error(`there is no command and no system called ${JSON.stringify(first)}. Did you mean ${JSON.stringify(`understudy ${meant}`)}?`)
}

function refuseSandbox(name: string): never {
  throw new InvalidArgumentError(`every sandbox is served: put /@${name} in front of a system in the URL, or drive one with "understudy ctl --sandbox ${name}".`)
}

/** Real milliseconds for the first calls before what is needed later is loaded. */
const BEFORE_THE_REST = 1000

/** Real milliseconds that requests under way have to come to their end. */
const LAST_CALLS = 4000

/** Ends the process where the server does not come to its end by itself: an answer may be slow on purpose, a client may never read. */
async function cutOff(server: RunningServer): Promise<void> {
  await pause(LAST_CALLS)
  printAside(`understudy: stopped; ${String(server.connections())} connections on which something was still under way after ${String(LAST_CALLS / 1000)} s were cut\n`)
  process.exit(0)
}

/** Requests under way are finished, within bounds; a second signal does not wait for them. */
function stopOnSignals(server: RunningServer): void {
  const stop = () => {
    process.once('SIGINT', () => process.exit(130))
    process.once('SIGTERM', () => process.exit(143))
    void cutOff(server)
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  if (ownScript() === 'start') whenParentIsGone(stop)
}

/** @returns why the server did not start, in words that say what to change */
export function explainStart(error: unknown, { port: asked, host }: Pick<StartSettings, 'port' | 'host'>): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  // With --https there are two.
  const port = error instanceof Error && 'port' in error ? error.port : asked
  if (code === 'EADDRINUSE') return new Error(`port ${String(port)} is taken; choose another with --port, or --port 0 for a free one`)
  if (code === 'EACCES') return new Error(`port ${String(port)} may not be opened by this user; choose one above 1023`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return new Error(`${host} is no address of this machine`)
  return error
}
