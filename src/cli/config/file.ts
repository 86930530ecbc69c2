/** The configuration file: where it is, what it says, and what is wrong with it. */
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type { UnderstudyConfig } from '../../config.js'
import { didYouMean } from '../../core/guess.js'
import { jsonFault } from '../../core/json-file.js'
import { defaultLimits } from '../../core/sockets/switchboard.js'
import { isObject } from '../../plain/json.js'
import { whyNot } from '../../plain/system-error.js'
import { type Check, misfitsOf, stubOptionChecks } from '../../stub-options.js'
import { ConfigError, configError, type Mistake } from './error.js'
import { locate } from './locate.js'
import { runModule } from './module.js'

/** The names of a configuration file, in the folder where a command is run. */
export const CONFIG_NAMES = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map((ending) => `understudy.config.${ending}`)

/** A configuration as it was read. */
export interface ConfigFile {
  /** Its absolute path. */
  readonly path: string
  /** Paths in it are absolute. */
  readonly config: UnderstudyConfig
  /** The file, and the project's own files that it imports, as absolute paths. */
  readonly read: readonly string[]
}

const { systems, port, host, https, seed, scale, fixtures, journal, maxSandboxes, maxMemory, sockets, backends, networks, adminToken, allowedOrigins, prefer, engine } = stubOptionChecks

/** All keys with their checks; the compiler asks for those that are new. */
const CHECKS: Readonly<Record<keyof UnderstudyConfig, Check>> = {
  systems, port, host, https, seed, scale, fixtures, journal, maxSandboxes, maxMemory, sockets, backends, networks, adminToken, allowedOrigins, prefer,
  data: { what: 'a folder (an address of Redis stands under engine)', holds: (value) => typeof value === 'string' && value !== '' && !hasScheme(value) },
  engine: { what: 'an address of Redis such as redis://localhost:6379, or an engine such as redisEngine(…)', holds: (value) => (typeof value === 'string' ? isRedis(value) : engine.holds(value)) },
  admin: prefer,
}

/** The keys of a configuration. */
export const configKeys: readonly string[] = Object.keys(CHECKS)

/** @returns whether the text is an address of Redis */
export function isRedis(text: string): boolean {
  return /^rediss?:\/\/[^\s/]/.test(text)
}

/** @returns whether the text reads as a URL with a host, and so as no folder */
export function hasScheme(text: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(text)
}

/**
 * @param folder where the command is run
 * @param given the file that was named, if one was
 * @returns the file that holds; null where there is none
 * @throws Error when the one that was named is not there, or there are several
 */
export function findConfig(folder: string, given?: string): string | null {
  if (given !== undefined) {
    const path = resolve(folder, given)
    if (!existsSync(path)) throw new Error(`the configuration ${JSON.stringify(given)} is not there`)
    return path
  }
  const [first, second] = CONFIG_NAMES.filter((name) => existsSync(join(folder, name)))
  if (first !== undefined && second !== undefined) throw new Error(`${first} and ${second} are both there; one would count for nothing. Remove one, or name one with --config`)
  return first === undefined ? null : join(folder, first)
}

/** A configuration, and what is wrong with it. */
export interface LookedAt extends ConfigFile {
  /** Keys with a mistake are left out of the configuration. */
  readonly mistakes: readonly Mistake[]
  /** Notes a mistake at a key, which stands behind those that it is in. */
  readonly mistakeAt: (path: readonly string[], text: string) => Mistake
}

/**
 * @returns what the file says
 * @throws ConfigError that says what is wrong, a line for each mistake, when it cannot be read or says what cannot be
 */
export async function readConfig(path: string): Promise<ConfigFile> {
  const { mistakes, mistakeAt: _, ...file } = await lookAtConfig(path)
  if (mistakes.length > 0) throw configError(mistakes, file.read)
  return file
}

/**
 * @returns what the file says, and what of it cannot be
 * @throws ConfigError when it cannot be read at all
 */
export async function lookAtConfig(path: string): Promise<LookedAt> {
  const name = basename(path)
  const text = (await readText(path)).replace(/^\uFEFF/, '') // as editors on Windows begin a file
  const { value, read } = extname(path) === '.json' ? { value: readJson(text, path), read: [path] } : await runModule(path)
  if (!isObject(value)) throw new ConfigError(`${name} exports no configuration; it has to hold ${extname(path) === '.json' ? 'an object such as { "port": 4020 }' : 'export default defineConfig({ … })'}`, read)
  const mistakeAt = (keys: readonly string[], why: string): Mistake => ({ file: name, line: null, column: null, ...locate(text, keys), key: keys.join('.'), text: why })
  const mistakes = await mistakesIn(value, mistakeAt)
  const wrong = new Set(mistakes.map(({ key }) => key?.split('.')[0]))
  const config: UnderstudyConfig = Object.fromEntries(Object.entries(value).filter(([key]) => !wrong.has(key))) // each of these keys has just been held against its check
  const place = (folder: string | undefined) => (folder === undefined ? undefined : resolve(dirname(path), folder))
  const { fixtures: worlds, data, ...rest } = config
  const [absoluteFixtures, absoluteData] = [place(worlds), place(data)]
  return { path, read, mistakes, mistakeAt, config: { ...rest, ...(absoluteFixtures === undefined ? {} : { fixtures: absoluteFixtures }), ...(absoluteData === undefined ? {} : { data: absoluteData }) } }
}

/** @throws ConfigError where there is no file that can be read: whoever opened a pipe would wait for somebody to write into it */
async function readText(path: string): Promise<string> {
  const broken = (why: string) => new ConfigError(`${basename(path)} ${why}`, [path])
  const cannot = (error: unknown): never => {
    throw broken(`cannot be read: ${whyNot(error)}`)
  }
  const found = await stat(path).catch(cannot)
  if (!found.isFile()) throw broken(`is ${found.isDirectory() ? 'a folder' : 'no file'}, and a configuration is a file: ${CONFIG_NAMES.join(', ')}`)
  return readFile(path, 'utf8').catch(cannot)
}

async function mistakesIn(value: Readonly<Record<string, unknown>>, mistakeAt: LookedAt['mistakeAt']): Promise<readonly Mistake[]> {
  const unknown = Object.keys(value).filter((key) => !configKeys.includes(key))
  const limits = isObject(value['sockets']) ? Object.keys(value['sockets']).filter((key) => !Object.hasOwn(defaultLimits, key)) : []
  const known = Object.keys(defaultLimits)
  return [
    ...unknown.map((key) => mistakeAt([key], `there is no key ${JSON.stringify(key)}; there are ${configKeys.join(', ')}.${didYouMean(key, configKeys)}`)),
    ...Object.entries(value).flatMap(([key, one]) => misfitsOf({ [key]: one }, CHECKS).map((why) => mistakeAt([key], why))),
    ...limits.map((key) => mistakeAt(['sockets', key], `sockets.${key}: there is no such bound; there are ${known.join(', ')}.${didYouMean(key, known)}`)),
    ...(networks.holds(value['networks']) ? (await import('../../control/network-rules.js')).networkMisfits(value['networks']) : []).map((why) => mistakeAt(['networks', ...(/^networks\.([\w-]+)/.exec(why)?.slice(1) ?? [])], why)),
    ...(value['data'] !== undefined && value['engine'] !== undefined ? [mistakeAt(['engine'], 'data and engine are both given; sandboxes are kept in one place')] : []),
  ]
}

function readJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const { line, column, found } = jsonFault(text)
    const why = `is no JSON: ${found} is not expected here`
    throw new ConfigError(`${basename(path)}:${String(line)}:${String(column)} ${why}`, [path], [{ file: basename(path), line, column, key: null, text: why }])
  }
}
