/** The walls of the house: what may import what, and who may name a system. Comments are prose, and free. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject } from '../../src/plain/json.js'
import { documentIds } from '../generate/document.js'
import { parseJson, type Json } from '../generate/json.js'
import type { Project } from '../generate/load.js'
import { readSources, type Source } from './sources.js'

/** Documents that describe no system. */
const NO_SYSTEMS = ['control']

/** Files of a room import nothing that matches. Modules of Node.js begin with `node:`, packages stand under their names. */
interface Wall {
  readonly room: RegExp
  readonly not: RegExp
  readonly why: string
}

const WALLS: readonly Wall[] = [
  { room: /^src\//, not: /^scripts\//, why: 'what is shipped needs no scripts' },
  { room: /^src\/plain\//, not: /^(?!src\/plain\/)/, why: 'what is plain needs nothing, so that everybody may have it' },
  // The table of faults is a list of the core's own files.
  { room: /^src\/core\//, not: /^src\/(?!core\/|plain\/|generated\/(?:conditions|fault-kinds)\.)/, why: 'the core stands by itself' },
  // A type counts like a value: whoever names a socket depends on sockets.
  { room: /^src\/(?:core|control|docs|pages)\//, not: /^(?:node:)?(?:http|https|http2|net|tls|dgram|stream|express|ws|busboy|undici)(?:\/|$)/, why: 'here one knows calls and outcomes only; how these travel is the business of src/hosts' },
  { room: /^src\/control\//, not: /^src\/(?!core\/|control\/|plain\/|paths\.|generated\/(?:conditions\.|control\/))/, why: 'the control plane knows the core and its own contract' },
  { room: /^src\/docs\//, not: /^src\/(?!core\/|docs\/|control\/|plain\/|paths\.|generated\/(?:conditions\.|control\/))/, why: 'the reference pages know the core, the control plane and no system' },
  { room: /^src\/errors\//, not: /^(?!src\/errors\/|src\/plain\/|src\/generated\/[\w-]+\.ts$)/, why: 'error names are used in browsers: generated tables, what is plain, and nothing else' },
  { room: /^src\/client\//, not: /^src\/(?:control|docs|hosts|systems)\//, why: 'the client is outside of the server' },
  { room: /^src\/systems\/[^/]+\//, not: /^src\/(?!core\/|plain\/|systems\/|generated\/)/, why: 'a system knows the core and its own contract' },
]

/** Everything but systems, their contracts and what is generated serves all systems alike. The words of a page in the browser (`class`, `live`) are its own. */
const SHARED = /^src\/(?!systems\/[^/]+\/|contract\/|generated\/|console\/)/

/** What stands where a wall forbids it, one line each. */
export function checkWalls({ root, systems }: Pick<Project, 'root' | 'systems'>): string[] {
  const ids = documentIds(root).filter((id) => !NO_SYSTEMS.includes(id))
  const operations = systems.filter(({ system }) => ids.includes(system.id)).flatMap(({ system, sockets }) => [...system.operations.map(({ id }) => id), ...sockets])
  const sources = readSources(root, 'src')
  return [
    ...sources.flatMap((source) => WALLS.filter(({ room }) => room.test(source.file)).flatMap(({ not, why }) => {
      return source.imports.filter(({ target }) => not.test(target)).map(({ line, target }) => `${source.file}:${line} imports ${target}: ${why}`)
    })),
    ...sources.flatMap((source) => foreignImports(source, ids)),
    ...mentions(sources, ids.filter((id) => !houseWords(root).has(id)), operations),
  ]
}

/** Where the shared rooms use a word that would name a system of this id, or import a file that would be its own. */
export function usesOf(root: string, id: string): string[] {
  const sources = readSources(root, 'src')
  const ids = documentIds(root).filter((other) => !NO_SYSTEMS.includes(other))
  return [...(houseWords(root).has(id) ? [] : mentions(sources, [id], [])), ...sources.flatMap((source) => foreignImports(source, [...ids, id]))]
}

/** No system knows another, and whoever serves all systems knows none. */
function foreignImports({ file, imports }: Source, ids: readonly string[]): string[] {
  const [, own] = /^src\/(?:systems|contract(?:\/clients)?|generated)\/([a-z0-9]+)/.exec(file) ?? []
  // The registry and the table of types are there to know all of them.
  if (/^src\/generated\/[^/]+$/.test(file)) return []
  const [others, what] = own !== undefined && ids.includes(own) ? [ids.filter((id) => id !== own), 'another system'] : [ids, 'a system']
  if (file.startsWith('src/contract/clients/') && what === 'a system') return []
  return imports.flatMap(({ line, target }) => {
    // A file beside the systems' folders is the registry, or a table of all of them.
    const [, id] = /^src\/(?:(?:systems|generated)\/(?=[a-z0-9]+\/)|contract\/(?:clients\/)?)([a-z0-9]+)(?=[/.-])/.exec(target) ?? []
    return id !== undefined && others.includes(id) ? [`${file}:${line} imports ${what}: ${target}`] : []
  })
}

/** Texts and keys that are an id, a path that begins with one, or the name of an operation. Longer texts are prose. */
function mentions(sources: readonly Source[], ids: readonly string[], operations: readonly string[]): string[] {
  const names = [...ids.map((id) => `^/?${id}(?:/|$)`), ...operations.map((name) => `^${name}(?:Open|Frame|Delivery)?$`)]
  if (names.length === 0) return []
  const name = new RegExp(names.join('|'))
  return sources.filter(({ file }) => SHARED.test(file)).flatMap(({ file, words }) => {
    return words().filter(({ text }) => name.test(text)).map(({ line, text }) => `${file}:${line} names a system: ${text.trim()}`)
  })
}

/** The words of the control plane: who writes `user` or `clock` means these, though a system may be called so. */
function houseWords(root: string): ReadonlySet<string> {
  const file = join(root, 'openapi/bundled/control.json')
  const words = new Set<string>()
  const collect = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(collect)
    if (!isObject(value)) return
    if (isObject(value.properties)) for (const key of Object.keys(value.properties)) words.add(key)
    for (const word of [value.const, value.name, ...(Array.isArray(value.enum) ? value.enum : [])]) if (typeof word === 'string') words.add(word)
    for (const [key, item] of Object.entries(value)) if (!/^(?:examples?|default|description|summary)$/.test(key)) collect(item)
  }
  if (existsSync(file)) collect(parseJson(readFileSync(file, 'utf8')))
  return words
}
