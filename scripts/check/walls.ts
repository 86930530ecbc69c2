/** The walls of the house. ESLint sees imports only (eslint.config.js); here the text is searched for names, comments included. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { documentIds } from '../generate/document.js'

/** Documents that describe no system. */
const NO_SYSTEMS = ['control']

/** Folders that serve every system and may not know any. */
const SHARED = ['src/core', 'src/control', 'src/docs']

/** Folders that know calls and outcomes only; how these travel is the business of `src/hosts`. */
const WIRELESS = ['src/core']

/** Lines behind a wall that name what stands on the other side. */
export function checkWalls(root: string): string[] {
  const ids = documentIds(root).filter((id) => !NO_SYSTEMS.includes(id))
  return [
    ...SHARED.flatMap((folder) => mentions(root, folder, ids)),
    ...ids.flatMap((id) => importsOf(root, `src/systems/${id}`, ids.filter((other) => other !== id))),
    ...serverImports(root),
    ...WIRELESS.flatMap((folder) => wiresIn(root, folder)),
  ]
}

function mentions(root: string, folder: string, ids: readonly string[]): string[] {
  if (ids.length === 0) return []
  // `live` and `liveLogin` name a system; `delivery` and `lively` do not.
  const name = new RegExp(`(?<![A-Za-z0-9])(?:${ids.join('|')})(?![a-z0-9])`)
  return linesOf(root, folder).filter(({ text }) => name.test(text)).map(({ where, text }) => `${where} names a system: ${text.trim()}`)
}

function importsOf(root: string, folder: string, others: readonly string[]): string[] {
  if (others.length === 0) return []
  const other = new RegExp(`\\b(?:from|import)\\b.*['"](?:\\.\\./)+(?:systems/)?(?:${others.join('|')})/`)
  return linesOf(root, folder).filter(({ text }) => other.test(text)).map(({ where, text }) => `${where} imports another system: ${text.trim()}`)
}

/** Error names are used in browsers: they may import generated data and what is plain, and nothing else from outside their folder. */
function serverImports(root: string): string[] {
  const outside = /\b(?:from|import)\b.*['"](?!\.\/|\.\.\/generated\/[\w-]+\.js|\.\.\/plain\/)[^'"]*['"]/
  return linesOf(root, 'src/errors').filter(({ text }) => outside.test(text)).map(({ where, text }) => `${where} imports from outside: ${text.trim()}`)
}

/** A type counts like a value: whoever names a socket depends on sockets. */
function wiresIn(root: string, folder: string): string[] {
  const wire = /^(?!\s*(?:\/\/|\/?\*)).*\b(?:from|import|require)\b[\s(]*['"](?:(?:node:)?(?:http|https|http2|net|tls|dgram|stream)|express|ws|busboy|(?:\.\.?\/)+hosts)(?:\/[^'"]*)?['"]/
  return linesOf(root, folder).filter(({ text }) => wire.test(text)).map(({ where, text }) => `${where} imports a wire: ${text.trim()}`)
}

function linesOf(root: string, folder: string): { where: string; text: string }[] {
  if (!existsSync(join(root, folder))) return []
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.map((entry) => join(entry.parentPath, entry.name)).sort().flatMap((file) => {
    return readFileSync(file, 'utf8').split('\n').map((text, index) => ({ where: `${relative(root, file)}:${index + 1}`, text }))
  })
}
