/** `understudy config [system…]` */
import { relative } from 'node:path'
import type { Command } from 'commander'
import pc from 'picocolors'
import type { Engine } from '../core/engine/engine.js'
import { failInJson } from './config/error.js'
import { configKeys } from './config/file.js'
import { addSettingFlags, type Resolved, resolveSettings, type StartSettings, type Source } from './config/settings.js'
import { legibleData } from '../plain/legible.js'
import { print, printJson, table } from './output.js'

/** One setting as it is shown. */
interface Shown {
  readonly key: string
  /** Null where nothing was said and nothing is usual. */
  readonly value: unknown
  readonly from: Source['from']
  /** The flag, the file or the variable. */
  readonly name: string | null
  /** A flag that changed a part of it. */
  readonly but?: string
}

/** Adds the command to the program. */
export function addConfig(program: Command): void {
  const command = program
    .command('config')
    .summary('show what a stub would be started with')
    .description('Shows what holds for "understudy start" with the same flags, and where each value came from. Flags go before the configuration file,\nthe file before variables of the environment. Tokens and passwords are hidden.')
    .argument('[system...]', 'ids of systems, see: understudy list')
  addSettingFlags(command)
    .option('--json', 'as JSON')
    .action(async (ids: string[], { json }: { readonly json?: true }) => {
      const resolved = await resolveSettings(ids, command).catch((error: unknown) => {
        if (json !== true) throw error
        failInJson(error)
        return null
      })
      if (resolved === null) return
      const shown = show(resolved)
      const file = resolved.file?.path ?? null
      if (json) printJson({ file, settings: shown }, 2)
      else print(`${inRows(legibleData(shown), file)}\n`)
    })
}

function inRows(shown: readonly Shown[], file: string | null): string {
  const heading = file === null ? 'no configuration file' : `configuration ${inFolder(file)}`
  const rows = shown.map(({ key, value, from, name, but }) => {
    const origin = [from === 'file' && name !== null ? inFolder(name) : (name ?? from), ...(but === undefined ? [] : [but])].join(', ')
    return [pc.bold(key), typeof value === 'string' ? value : value === null ? '-' : JSON.stringify(value), from === 'default' ? pc.dim(origin) : origin]
  })
  return `${heading}\n\n${table(rows)}`
}

/** Every key of a configuration, what holds for it, and who said so. */
function show({ settings, sources }: Resolved): Shown[] {
  return configKeys.flatMap((key): Shown[] => {
    const line = (name: string, value: unknown): Shown => ({ key: name, value, ...(sources.get(name) ?? { from: 'default', name: null }) })
    if (key !== 'backends') return [line(key, valueOf(key, settings))]
    const each = Object.entries(settings.backends).map(([id, { url, credentials, ...others }]) => {
      const rest = { ...others, ...(credentials === undefined ? {} : { credentials: HIDDEN }) }
      return line(`backends.${id}`, Object.keys(rest).length === 0 ? url : { url, ...rest })
    })
    return each.length === 0 ? [line(key, {})] : each
  })
}

function valueOf(key: string, { systems, adminToken, engine, ...plain }: StartSettings): unknown {
  switch (key) {
    case 'systems': return systems.map(({ id }) => id)
    case 'adminToken': return adminToken === undefined ? null : HIDDEN
    case 'engine': return engine === undefined ? null : placeOf(engine)
    default: return Object.entries(plain).find(([name]) => name === key)?.[1] ?? null
  }
}

const HIDDEN = '••••••'

/** What is in an address of Redis between user and host is a password. */
function placeOf(engine: string | Engine): string {
  if (typeof engine !== 'string') return `engine ${engine.name}`
  if (!URL.canParse(engine)) return engine.replace(/\/\/.*@/, `//${HIDDEN}@`)
  const { protocol, username, password, host, pathname, search } = new URL(engine)
  return `${protocol}//${username}${password === '' ? '' : `:${HIDDEN}`}${username === '' && password === '' ? '' : '@'}${host}${pathname}${search}`
}

function inFolder(path: string): string {
  return relative(process.cwd(), path)
}
