/** What holds for a stub: flags before the configuration file, the file before variables of the environment, these before what is usual. */
import { Command, Option } from 'commander'
import { type BackendInput, backendMisfits, isMode, modes as modeNames, namesOf } from '../../core/backends/setting.js'
import { DEFAULT_MEMORY } from '../../core/budget.js'
import type { Engine } from '../../core/engine/engine.js'
import type { Networks } from '../../core/faults/networks.js'
import { didYouMean } from '../../core/guess.js'
import type { System } from '../../core/system.js'
import type { SocketLimits } from '../../core/sockets/switchboard.js'
import { loadSystems, unknownSystems } from '../../systems/load.js'
import { configError, type Mistake } from './error.js'
import { type ConfigFile, findConfig, lookAtConfig, type LookedAt } from './file.js'
import { parseAmount, parseCount, parseEngine, parseFolder, parseOrigins, parsePair, parsePort, parseToken, parseWhole } from './parse.js'

/** The flags as the parser gives them. */
export interface SettingFlags {
  readonly config?: string
  readonly port: number
  readonly host: string
  readonly lan?: true
  readonly https: boolean
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

/** What a stub is started with. */
export interface StartSettings {
  readonly systems: readonly System[]
  readonly port: number
  readonly host: string
  readonly https: boolean
  readonly seed: number
  readonly scale: number
  readonly fixtures?: string
  readonly journal: number
  readonly maxSandboxes: number
  readonly maxMemory: number | string
  readonly sockets?: Partial<SocketLimits>
  readonly data?: string
  readonly engine?: string | Engine
  readonly backends: Readonly<Record<string, BackendInput>>
  readonly networks: Networks
  readonly adminToken?: string
  readonly allowedOrigins: readonly string[]
  readonly admin: boolean
  readonly prefer: boolean
}

/** Where a value came from. */
export type Origin = 'flag' | 'file' | 'environment' | 'default'

/** Where the value of a setting came from, and by what name: `--port`, `understudy.config.ts`, `UNDERSTUDY_PORT`. */
export interface Source {
  readonly from: Origin
  readonly name: string | null
  /** A flag that changed a part of it. */
  readonly but?: string
}

/** The settings, and where they came from. */
export interface Resolved {
  readonly settings: StartSettings
  /** By key; of backends by `backends.<system>`. */
  readonly sources: ReadonlyMap<string, Source>
  /** The configuration file; null where there is none. */
  readonly file: ConfigFile | null
  /** Whether it is started for phones, which want to be told how to get here. */
  readonly lan: boolean
}

/** All addresses of the machine. */
const EVERYWHERE = '0.0.0.0'

const DEFAULT: Source = { from: 'default', name: null }

/** A variable that turns something on turns it off as well. */
const ON = ['true', '1']
const OFF = ['false', '0', '']
const HTTPS = 'UNDERSTUDY_HTTPS'
const HTTPS_MEANS = 'speak HTTPS too, on the next port, with a certificate of an authority of this machine'

const PORT_FLAGS = '-p, --port <number>'
const PORT_MEANS = 'port to listen on; 0 takes a free one'

/** Adds the flags of a stub. */
export function addSettingFlags(command: Command): Command {
  const option = (flags: string, description: string, variable: string) => new Option(flags, description).env(`UNDERSTUDY_${variable}`)
  // Kubernetes tells containers beside a service called "understudy" where that is, by a variable of the same name.
  const port = /^tcp:/.test(process.env['UNDERSTUDY_PORT'] ?? '') ? new Option(PORT_FLAGS, PORT_MEANS) : option(PORT_FLAGS, PORT_MEANS, 'PORT')
  const https = OFF.includes(process.env[HTTPS] ?? '') ? new Option('--https', HTTPS_MEANS) : option('--https', HTTPS_MEANS, 'HTTPS')
  return command
    .addOption(option('-c, --config <file>', 'the configuration; without it understudy.config.ts, .js or .json of this folder', 'CONFIG'))
    .addOption(port.argParser(parsePort).default(4010))
    .addOption(option('-H, --host <address>', 'address to listen on', 'HOST').default('127.0.0.1'))
    .option('--lan', 'for phones: listen on every address, ask for a token, and show how each device gets here')
    .addOption(https.default(false))
    .addOption(option('--seed <number>', 'seed of ids and tokens; the same seed gives the same values', 'SEED').argParser(parseWhole).default(1))
    .addOption(option('--scale <number>', 'add so many records to each world that can grow (job: jobs)', 'SCALE').argParser(parseWhole).default(0))
    .addOption(option('--fixtures <folder>', 'worlds of your own: <folder>/<system>/world.json', 'FIXTURES'))
    .addOption(option('--journal <number>', 'calls that the journal of a sandbox keeps', 'JOURNAL').argParser(parseWhole).default(1000))
    .addOption(option('--max-sandboxes <number>', 'sandboxes that are kept; past it those go that nobody has changed or named, and then new ones are refused', 'MAX_SANDBOXES').argParser(parseCount).default(10_000))
    .addOption(option('--max-memory <amount>', 'memory that may be filled with what is sent to the stub: at the bound the oldest calls of the journal go, and more records and files are refused', 'MAX_MEMORY').argParser(parseAmount).default(DEFAULT_MEMORY, '512mb'))
    .addOption(option('--data <folder>', 'keep sandboxes in this folder, so that they outlive the stub; see: understudy data', 'DATA').argParser(parseFolder))
    .addOption(option('--engine <address>', 'keep sandboxes in Redis, for any number of stubs: redis://host:port/db, rediss://…, or several hosts of a cluster; docs/scale.md tells how', 'ENGINE').argParser(parseEngine))
    .addOption(new Option('--backend <system=url>', 'a real backend beside the stub: --backend live=https://staging.example/live; several by several flags').argParser(parsePair).default({}, 'none'))
    .addOption(new Option('--backend-mode <what=mode>', 'stub, real (the usual), real-or-stub or compare, for a system, <system>/<tag> or an operation: --backend-mode live=compare').argParser(parsePair).default({}, 'none'))
    .addOption(option('--admin-token <token>', 'what the control plane asks for; made and printed when --host lets others in', 'ADMIN_TOKEN').argParser(parseToken))
    .addOption(option('--allow-origin <origin>', 'let pages of this origin drive the control plane (http://localhost:5173); may be given several times', 'ALLOW_ORIGIN').argParser(parseOrigins).default([]))
    .option('--no-admin', 'without the control plane')
    .option('--no-prefer', 'without Prefer headers and __error, __code, __delay in queries')
}

/** Settings that a flag and a key give by the same name. */
const SAME = ['port', 'host', 'https', 'seed', 'scale', 'fixtures', 'journal', 'maxSandboxes', 'maxMemory', 'adminToken', 'prefer', 'admin'] as const

/**
 * @param ids the systems that the command line names; none leaves them to the configuration
 * @param command the one whose flags were given
 * @throws ConfigError with all that is wrong in the configuration; Error when a flag names a system, a backend or a mode that is none
 */
export async function resolveSettings(ids: readonly string[], command: Command): Promise<Resolved> {
  const flags = command.opts<SettingFlags>()
  const path = findConfig(process.cwd(), flags.config)
  const file = path === null ? null : await lookAtConfig(path)
  const mistakes: Mistake[] = [...(file?.mistakes ?? [])]
  const config = file?.config ?? {}
  const sources = new Map<string, Source>()
  const fromFile: Source = { from: 'file', name: file?.path ?? null }

  /** Notes who says what holds, and @returns whether it is the file. */
  function isFromFile(key: keyof typeof config, flag: string): boolean {
    const source = sourceOf(command, flag)
    const isFile = config[key] !== undefined && source.from !== 'flag'
    sources.set(key, isFile ? fromFile : source)
    return isFile
  }

  const configured = config.systems ?? []
  const own = configured.filter((one) => typeof one !== 'string')
  const unknown = unknownSystems(configured, own)
  if (file !== null) mistakes.push(...unknown.map(({ why }) => file.mistakeAt(['systems'], why)))
  const systems = await loadSystems(ids.length > 0 ? ids : configured.filter((one) => !unknown.some(({ id }) => id === one)), own)
  sources.set('systems', ids.length > 0 ? { from: 'flag', name: '[system...]' } : config.systems === undefined ? DEFAULT : fromFile)
  const same = Object.fromEntries(SAME.map((key) => [key, isFromFile(key, key) ? config[key] : flags[key]]).filter(([, value]) => value !== undefined)) as Pick<StartSettings, (typeof SAME)[number]> // flags are read and keys are checked by what they are
  const variable = process.env[HTTPS] ?? ''
  if (![...ON, ...OFF].includes(variable)) throw new Error(`${HTTPS} is ${JSON.stringify(variable)}; it has to be true or false`)
  const lan = flags.lan === true
  if (lan && sourceOf(command, 'host').from === 'flag') throw new Error('--lan and --host cannot be used together; --lan is --host 0.0.0.0, and more')
  if (lan) sources.set('host', { from: 'flag', name: '--lan' })
  const allowedOrigins = isFromFile('allowedOrigins', 'allowOrigin') ? (config.allowedOrigins ?? []) : flags.allowOrigin
  for (const key of ['sockets', 'networks'] as const) if (config[key] !== undefined) sources.set(key, fromFile)
  const kept = whereKept(command, flags, config)
  for (const key of ['data', 'engine'] as const) sources.set(key, kept[key] === undefined ? DEFAULT : kept.source === 'file' ? fromFile : sourceOf(command, key))
  const backends = backendsOf(systems, flags, config.backends ?? {})
  mistakes.push(...backendMistakes(systems, backends, flags.backend, file))
  if (mistakes.length > 0) throw configError(mistakes, file?.read ?? [])
  for (const [id, backend] of Object.entries(backends)) {
    if (flags.backend[id] !== undefined) sources.set(`backends.${id}`, isMore(config.backends?.[id]) ? { ...fromFile, but: '--backend' } : { from: 'flag', name: '--backend' })
    else sources.set(`backends.${id}`, backend === config.backends?.[id] || typeof config.backends?.[id] === 'string' && Object.keys(backend).length === 1 ? fromFile : { ...fromFile, but: '--backend-mode' })
  }

  const { data, engine } = kept
  return {
    settings: {
      ...same, ...(lan ? { host: EVERYWHERE } : {}), systems, allowedOrigins, backends, networks: config.networks ?? {},
      ...(config.sockets === undefined ? {} : { sockets: config.sockets }), ...(data === undefined ? {} : { data }), ...(engine === undefined ? {} : { engine }),
    },
    sources,
    file,
    lan,
  }
}

/**
 * What is played, and nothing of where: for a stub that stands on a port of its own beside the one that is started.
 * @param config the configuration that was named, if one was
 * @throws what {@link resolveSettings} throws
 */
export async function resolvePlayed(ids: readonly string[], config: string | undefined): Promise<Omit<StartSettings, 'port' | 'host' | 'data' | 'engine' | 'adminToken'>> {
  const without = addSettingFlags(new Command()).parse(config === undefined ? [] : ['--config', config], { from: 'user' })
  const { settings: { port: _port, host: _host, data: _data, engine: _engine, adminToken: _token, ...played } } = await resolveSettings(ids, without)
  return played
}

/** @returns where the parser has the value of a flag from */
function sourceOf(command: Command, flag: string): Source {
  const option = command.options.find((one) => one.attributeName() === flag)
  const source = command.getOptionValueSource(flag)
  if (source === 'cli') return { from: 'flag', name: option?.long ?? null }
  return source === 'env' ? { from: 'environment', name: option?.envVar ?? null } : DEFAULT
}

/** A folder and Redis are two answers to one question, so the strongest of those that answer it counts alone. */
function whereKept(command: Command, flags: SettingFlags, config: Pick<StartSettings, 'data' | 'engine'>): Pick<StartSettings, 'data' | 'engine'> & { readonly source: 'parser' | 'file' } {
  const said = (origin: Origin) => (['data', 'engine'] as const).filter((key) => sourceOf(command, key).from === origin)
  for (const origin of ['flag', 'file', 'environment'] as const) {
    if (origin === 'file') {
      if (config.data !== undefined || config.engine !== undefined) return { ...config, source: 'file' }
      continue
    }
    const [first, second] = said(origin)
    if (first !== undefined && second !== undefined) throw new Error(`${origin === 'flag' ? '--data and --engine' : 'UNDERSTUDY_DATA and UNDERSTUDY_ENGINE'} cannot be used together; sandboxes are kept in one place`)
    if (first !== undefined) return { [first]: flags[first], source: 'parser' }
  }
  return { source: 'parser' }
}

/** Whether the file says of a backend more than where it is. */
function isMore(backend: string | BackendInput | undefined): boolean {
  return typeof backend === 'object' && Object.keys(backend).length > 1
}

/**
 * @returns what the file says of backends that cannot be, each behind the part that it is about
 * @throws Error when a flag says so
 */
function backendMistakes(systems: readonly System[], backends: Readonly<Record<string, BackendInput>>, urls: SettingFlags['backend'], file: LookedAt | null): readonly Mistake[] {
  return Object.entries(backends).flatMap(([id, backend]) => {
    const system = systems.find((one) => one.id === id)
    const known = systems.map((one) => one.id)
    if (system === undefined) {
      const why = `no system is called ${JSON.stringify(id)}; there are ${known.join(', ')}.${didYouMean(id, known)}`
      if (urls[id] !== undefined || file === null) throw new Error(`--backend ${id}=${urls[id] ?? ''}: ${why}`)
      return [file.mistakeAt(['backends', id], `backends.${id}: ${why}`)]
    }
    return backendMisfits(system, backend).flatMap(({ field, message }) => {
      const url = field === 'url' ? urls[id] : undefined
      if (url !== undefined || file === null) throw new Error(`--backend ${id}=${url ?? ''}: ${message}${url === 'off' ? `; to have none, say --backend-mode ${id}=stub` : ''}`)
      return [file.mistakeAt(['backends', id, field], `backends.${id}.${field}: ${message}`)]
    })
  })
}

/** Each system's backend, with the modes that were given for it and for its parts. */
function backendsOf(systems: readonly System[], { backend: urls, backendMode: modes }: Pick<SettingFlags, 'backend' | 'backendMode'>, configured: Readonly<Record<string, string | BackendInput>>): Readonly<Record<string, BackendInput>> {
  const found = new Map<string, BackendInput>(Object.entries(configured).map(([id, backend]) => [id, typeof backend === 'string' ? { url: backend } : backend]))
  for (const [id, url] of Object.entries(urls)) {
    // What is not said stays, but for passwords: they are for the backend that they were written for.
    const { url: before, credentials, ...kept } = found.get(id) ?? { url }
    found.set(id, { ...kept, url, ...(credentials === undefined || url !== before ? {} : { credentials }) })
  }
  for (const [name, mode] of Object.entries(modes)) {
    const [id = '', tag] = name.split('/', 2)
    const owner = systems.find((system) => system.id === id) ?? systems.find(({ contract, sockets }) => Object.hasOwn(contract.operations, name) || Object.hasOwn(sockets, name))
    const target = owner === undefined ? undefined : found.get(owner.id)
    if (owner === undefined || target === undefined) throw new Error(`--backend-mode ${name}=${mode}: ${owner === undefined ? noneCalled(systems, name) : `${owner.id} has no backend; give one with --backend ${owner.id}=<url>`}`)
    if (!isMode(mode)) throw new Error(`--backend-mode ${name}=${mode}: the modes are ${modeNames.join(', ')}.${didYouMean(mode, modeNames)}`)
    const known = namesOf(owner)
    if (tag !== undefined && !known.has(tag)) throw new Error(`--backend-mode ${name}=${mode}: ${owner.id} has no tag and no operation ${JSON.stringify(tag)}.${didYouMean(tag, known)}`)
    found.set(owner.id, owner.id === name ? { ...target, mode } : { ...target, operations: { ...target.operations, [tag ?? name]: mode } })
  }
  return Object.fromEntries(found)
}

/** @returns that there is no such system or operation; a tag is named with its system, for several may have it */
function noneCalled(systems: readonly System[], name: string): string {
  const tagged = systems.filter(({ contract }) => Object.values(contract.operations).some(({ tag }) => tag === name)).map(({ id }) => `${id}/${name}`)
  const known = systems.flatMap(({ id, contract, sockets }) => [id, ...Object.keys(contract.operations), ...Object.keys(sockets)])
  return `no system and no operation is called ${JSON.stringify(name)}.${tagged.length > 0 ? ` A tag is named with its system: ${tagged.join(', ')}` : didYouMean(name, known)}`
}

/**
 * @param adopts whether a folder is taken over that was written before an edit
 * @returns the engine that keeps sandboxes where they are to be kept, as an option of a stub; memory is nothing to name
 */
export async function engineOf({ engine, data }: Pick<StartSettings, 'data' | 'engine'>, adopts = false): Promise<{ readonly engine?: Engine }> {
  if (typeof engine === 'string') {
    const { redisEngine } = await import('../../core/engine/redis/engine.js')
    return { engine: redisEngine(engine) }
  }
  if (engine !== undefined) return { engine }
  if (data === undefined) return {}
  const { fileEngine } = await import('../../core/engine/file/engine.js')
  return { engine: fileEngine(data, { adopts }) }
}
