/** Which ids a new system may have. An id becomes a path, a file name, a variable and the beginning of names: all of these have to be free. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { usesOf } from './check/walls.js'
import { UNIFIED } from './generate/unified.js'

/** First parts of paths that the server answers itself. */
const PATHS = ['docs', 'console', 'assets', 'favicon', 'robots']

/** Pages of the review, which has one for each system. */
const PAGES = ['errors', 'questions', 'readme']

/** What Windows takes for a device, whatever stands behind a dot: no folder and no document can be called so there. */
const DEVICES = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/

/** Names that the code of a system binds or calls, in small letters: of globals that the template uses, and of what it imports and declares. */
const GLOBALS = ['string', 'number', 'promise', 'record', 'partial', 'omit', 'arguments', 'eval', 'undefined', 'await', 'async']

/** @returns why a system cannot be called so, in a sentence; null where it can */
export function whyNoId(root: string, id: string): string | null {
  if (!/^[a-z][a-z0-9]{1,15}$/.test(id)) return 'An id is 2 to 16 lower-case letters and digits, a letter first.'
  if (id === UNIFIED || id === 'control' || id === 'conditions') return `openapi/${id} is a document of Understudy itself: choose another id.`
  if (PATHS.includes(id)) return `/${id} is a path of the server itself: choose another id.`
  if (PAGES.includes(id)) return `docs/review/${id}.md is a page of the review itself: choose another id.`
  if (DEVICES.test(id)) return `Windows has no file called ${id}: choose another id.`
  if (isKeyword(id) || id in {}) return `${id} is a word of the language, and the system's code has a variable of its name: choose another id.`
  if (existsSync(join(root, 'src/systems', id)) || existsSync(join(root, 'openapi', `${id}.yaml`))) return `There is a system ${id} already.`
  if (GLOBALS.includes(id) || bound(root).includes(id)) return `${id} is a name that the code of a system uses already: choose another id.`
  const [use] = usesOf(root, id)
  return use === undefined ? null : `${id} is a word that Understudy uses itself, where it would name the system (${use}): choose another id.`
}

function isKeyword(word: string): boolean {
  const scanner = ts.createScanner(ts.ScriptTarget.ESNext, true, ts.LanguageVariant.Standard, word)
  const token = scanner.scan()
  return token >= ts.SyntaxKind.FirstReservedWord && token <= ts.SyntaxKind.LastFutureReservedWord
}

/** What the template and a generated contract import or declare, in small letters: the id is a value, and with a capital a type. */
function bound(root: string): string[] {
  const folder = join(root, 'scripts/new-system/src')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => join(folder, file))
  const contracts = readdirSync(join(root, 'src/generated')).map((system) => join(root, 'src/generated', system, 'contract.ts')).filter((file) => existsSync(file))
  const text = [...files, ...contracts].map((file) => readFileSync(file, 'utf8')).join('\n')
  const imported = [...text.matchAll(/^import (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = '']) => names.match(/[A-Za-z]+/g) ?? [])
  const declared = [...text.matchAll(/^(?:export )?(?:const|interface|type) (\w+)/gm)].flatMap(([, name]) => name ?? [])
  return [...imported, ...declared].filter((name) => name !== 'type').map((name) => name.toLowerCase())
}
