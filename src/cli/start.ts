/** `understudy start [system…]` */
import { setFlagsFromString } from 'node:v8'
import { type Command, InvalidArgumentError, Option } from 'commander'
import pc from 'picocolors'
import { type BackendInput, isMode, type Mode, modes as modeNames } from '../core/backends/setting.js'
import { DEFAULT_MEMORY, MEMORY_FORMS, parseMemory } from '../core/budget.js'
import { pause } from '../core/clock.js'
import type { Engine } from '../core/engine/engine.js'
import { didYouMean, guess } from '../core/guess.js'
import type { System } from '../core/system.js'
import type { RunningServer } from '../server.js'
import { loadSystems } from '../systems/load.js'
import { pairOf } from './ctl/flags.js'
import { table } from './output.js'

interface StartFlags {
  readonly port: number
  readonly host: string
  readonly seed: number
  readonly scale: number
  readonly fixtures?: string
  readonly journal: number
  readonly maxSandboxes: number
  readonly maxMemory: number
  readonly data?: string
  readonly engine?: string
  readonly backend: Readonly<Record<string, string>>
  readonly backendMode: Readonly<Record<string, string>>
  readonly adminToken?: string
  readonly allowOrigin: readonly string[]
  readonly admin: boolean
  readonly prefer: boolean
}

/** Adds the command to the program. */
export function addStart(program: Command): void {
  program
    .command('start', { isDefault: true })
    .description('serve all systems, or those named, on one port')
    .argument('[system...]', 'ids of systems, see: understudy list')
    .option('-p, --port <number>', 'port to listen on; 0 takes a free one', parsePort, 4010)
    .option('-H, --host <address>', 'address to listen on', '127.0.0.1')
    .option('--seed <number>', 'seed of ids and tokens; the same seed gives the same values', parseWhole, 1)
    .option('--scale <number>', 'add so many records to each world that can grow (job: jobs)', parseWhole, 0)
    .option('--fixtures <folder>', 'worlds of your own: <folder>/<system>/world.json')
    .option('--journal <number>', 'calls that the journal of a sandbox keeps', parseWhole, 1000)
    .option('--max-sandboxes <number>', 'sandboxes that are kept; past it those go that nobody has changed or named, and then new ones are refused', parseCount, 10_000)
    .addOption(new Option('--max-memory <amount>', 'memory that may be filled with what is sent to the stub: at the bound the oldest calls of the journal go, and more records and files are refused').argParser(parseAmount).default(DEFAULT_MEMORY, '512mb'))
    .addOption(new Option('--data <folder>', 'keep sandboxes in this folder, so that they outlive the stub; see: understudy data').env('UNDERSTUDY_DATA'))
    .addOption(new Option('--engine <address>', 'keep sandboxes in Redis, for any number of stubs: redis://host:port/db or rediss://…; docs/scale.md tells how').argParser(parseEngine).env('UNDERSTUDY_ENGINE').conflicts('data'))
    .option('--backend <system=url>', 'a real backend beside the stub: --backend live=https://staging.example/live; several by several flags', parsePair, {})
    .option('--backend-mode <what=mode>', 'stub, real (the usual), real-or-stub or compare, for a system, <system>/<tag> or an operation: --backend-mode live=compare', parsePair, {})
    .addOption(new Option('--admin-token <token>', 'what the control plane asks for; made and printed when --host lets others in').argParser(parseToken).env('UNDERSTUDY_ADMIN_TOKEN'))
    .option('--allow-origin <origin>', 'let pages of this origin drive the control plane (http://localhost:5173); may be given several times', (origin: string, before: readonly string[]) => [...before, origin], [])
    .option('--no-admin', 'without the control plane')
    .addOption(new Option('--sandbox <name>').hideHelp().argParser(refuseSandbox))
    .option('--no-prefer', 'without Prefer headers and __error, __code, __delay in queries')
    .action(start)
}

async function start(ids: string[], { engine, data, ...flags }: StartFlags, command: Command): Promise<void> {
  refuseMisspeltCommand(ids, command)
  const systems = await loadSystems(ids)
  // Loaded when it is needed: the other commands start in half the time without it.
  const { startServer } = await import('../server.js')
  const backends = backendsOf(systems, flags)
  const server = await startServer({ ...flags, allowedOrigins: flags.allowOrigin, systems, backends, ...(await engineOf({ engine, data })) }).catch((error: unknown) => {
    throw explainStart(error, flags)
  })
  beFrugal()
  const alone = systems.length === 1
  const rows = systems.map(({ id, hint }) => [pc.bold(id), `${server.url}${alone ? '' : `/${id}`}`, hint])
  // Whoever reads the table may stop the server at once.
  stopOnSignals(server)
  const control = flags.admin ? `control plane ${server.url}/__admin` : 'no control plane'
  const page = flags.admin ? `console ${server.url}/ · ` : ''
  process.stdout.write(`${table(rows)}\n\nSMS code 123456 · ${page}reference ${server.url}/docs · ${control} · stop with Ctrl+C\n`)
  if (flags.admin && server.adminToken !== null) process.stdout.write(`admin token ${server.adminToken}\n`)
  // Whoever builds the package anew while it runs takes the files away that it was started from. The first calls do not wait for that.
  await pause(BEFORE_THE_REST)
  await server.loadRest()
}

/** Memory, unless the sandboxes are to be kept, or shared. */
async function engineOf({ engine, data }: { readonly engine: string | undefined; readonly data: string | undefined }): Promise<{ readonly engine?: Engine }> {
  if (engine !== undefined) {
    const { redisEngine } = await import('../core/engine/redis/engine.js')
    return { engine: redisEngine(engine) }
  }
  if (data === undefined) return {}
  const { fileEngine } = await import('../core/engine/file/engine.js')
  return { engine: fileEngine(data) }
}

/** Each system's backend, with the modes that were given for it and for its parts. */
function backendsOf(systems: readonly System[], { backend: urls, backendMode: modes }: Pick<StartFlags, 'backend' | 'backendMode'>): Readonly<Record<string, BackendInput>> {
  const found: Record<string, { url: string; mode?: Mode; operations: Record<string, Mode> }> = Object.fromEntries(Object.entries(urls).map(([id, url]) => [id, { url, operations: {} }]))
  for (const [name, mode] of Object.entries(modes)) {
    const [id = '', tag] = name.split('/', 2)
    const owner = systems.find((system) => system.id === id) ?? systems.find(({ contract }) => Object.hasOwn(contract.operations, name))
    const target = owner === undefined ? undefined : found[owner.id]
    if (target === undefined) throw new Error(`--backend-mode ${name}=${mode}: ${owner === undefined ? `no system and no operation is called ${JSON.stringify(name)}` : `${owner.id} has no backend; give one with --backend ${owner.id}=<url>`}`)
    if (!isMode(mode)) throw new Error(`--backend-mode ${name}=${mode}: the modes are ${modeNames.join(', ')}.${didYouMean(mode, modeNames)}`)
    if (owner?.id === name) target.mode = mode
    else target.operations[tag ?? name] = mode
  }
  return found
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

/**
 * V8 spends memory to collect garbage less often: a small heap may grow fourfold before it tidies up, and the space for young objects
 * as far as 32 MiB. A server that sits beside an IDE all day had better not; its requests leave little behind that lives on.
 */
function beFrugal(): void {
  setFlagsFromString('--heap-growing-percent=100')
  setFlagsFromString('--semi-space-growth-factor=1')
}

/** Real milliseconds for the first calls before what is needed later is loaded. */
const BEFORE_THE_REST = 1000

/** Real milliseconds that requests under way have to come to their end. */
const LAST_CALLS = 4000

/** Ends the process where the server does not come to its end by itself: an answer may be slow on purpose, a client may never read. */
async function cutOff(server: RunningServer): Promise<void> {
  await pause(LAST_CALLS)
  process.stderr.write(`understudy: stopped; ${String(await server.connections())} connections on which something was still under way after ${String(LAST_CALLS / 1000)} s were cut\n`)
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
}

/** @returns why the server did not start, in words that say what to change */
export function explainStart(error: unknown, { port, host }: Pick<StartFlags, 'port' | 'host'>): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EADDRINUSE') return new Error(`port ${String(port)} is taken; choose another with --port, or --port 0 for a free one`)
  if (code === 'EACCES') return new Error(`port ${String(port)} may not be opened by this user; choose one above 1023`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return new Error(`${host} is no address of this machine`)
  return error
}

/** For a flag that takes a whole number. */
export function parseWhole(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('a whole number is needed.')
  return Number(text)
}

/** For a flag that takes a port. */
export function parsePort(text: string): number {
  const port = parseWhole(text)
  if (port > 65_535) throw new InvalidArgumentError('ports end at 65535.')
  return port
}

/** For a flag that takes a name and a value and may be given several times. */
export function parsePair(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [name, value] = pairOf(text)
  return { ...before, [name]: value }
}

function parseCount(text: string): number {
  const count = parseWhole(text)
  if (count === 0) throw new InvalidArgumentError('one at least is needed.')
  return count
}

function parseEngine(text: string): string {
  if (!/^rediss?:\/\/[^\s/]/.test(text)) throw new InvalidArgumentError('it has to be an address of Redis: redis://localhost:6379 or rediss://user:password@host:6380/1.')
  return text
}

function parseAmount(text: string): number {
  const bytes = parseMemory(text)
  if (bytes === null) throw new InvalidArgumentError(`it has to be ${MEMORY_FORMS}.`)
  return bytes
}

function parseToken(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new InvalidArgumentError('a token is made of ASCII characters without spaces.')
  return text
}
