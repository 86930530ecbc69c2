/** `redocly diff`: what changed in the structure of a document, and whether it breaks clients, by a tool made for that. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Change, change } from './change.js'
import { isObject, list, parseJson, record, text, type Json, type JsonObject } from './json.js'
import { placeOf } from './place.js'
import { plainDocument } from './plain.js'
import { eventIn, ruleInChinese } from './words.js'

const VERSION = '2.77.0'

/** Whole operations and who may call them: the outline tells of them by their names. */
const SAID_ELSEWHERE = ['path-removed', 'operation-removed', 'operation-id-changed', 'security-requirement-changed']
const WHOLE = ['PathItem', 'Operation']

/**
 * Compares two documents.
 * @throws Error that says how to install Redocly if it is not there, or what it complains about
 */
export async function redoclyChanges(before: JsonObject, after: JsonObject): Promise<Change[]> {
  const [base, revision] = [plainDocument(before), plainDocument(after)]
  if (JSON.stringify(base) === JSON.stringify(revision)) return []
  const report = await inFolder(async (folder) => {
    await writeFile(join(folder, 'before.json'), JSON.stringify(base))
    await writeFile(join(folder, 'after.json'), JSON.stringify(revision))
    await writeFile(join(folder, 'redocly.yaml'), 'extends: [diff-recommended]\n') // without it no change is breaking
    return redocly(folder, ['diff', 'before.json', 'after.json', '--config', 'redocly.yaml', '--format', 'json', '--fail-on', 'none'])
  })
  return list(record(parseJson(report)).changes).map(record).flatMap((one) => readChange(one, base, revision))
}

/**
 * Joins the files of a document.
 * @throws Error as `redoclyChanges` does
 */
export async function bundled(file: string): Promise<JsonObject> {
  const source = await inFolder(async (folder) => {
    await redocly(process.cwd(), ['bundle', file, '--ext', 'json', '--output', join(folder, 'bundled.json')])
    return readFile(join(folder, 'bundled.json'), 'utf8')
  })
  return record(parseJson(source))
}

function readChange({ verdicts, kind, typeName, property, impact, ...one }: JsonObject, base: JsonObject, revision: JsonObject): Change[] {
  const [was, is] = [record(one.base), record(one.revision)]
  const where = is.pointer === undefined ? placeOf(base, text(was.pointer)) : placeOf(revision, text(is.pointer))
  const found = list(verdicts).map(record)
  const judged = found.filter(({ ruleId }) => !SAID_ELSEWHERE.includes(text(ruleId)))
  if (judged.length > 0) return judged.map(({ ruleId, message }) => change(true, text(ruleId), where, text(message), ruleInChinese(text(ruleId), difference(was.value, is.value))))
  if (found.length > 0 || (WHOLE.includes(text(typeName)) && kind !== 'modified')) return []
  const { en, zh } = eventIn(text(typeName), text(kind), text(property))
  const place = property === undefined ? where : where.replace(new RegExp(`[. ]${text(property)}$`), '')
  return [change(impact === 'major', `${text(typeName)}-${text(kind)}`, place, en, zh)]
}

/** What a reader has to see of two values: short ones as they are, of two lists what only one of them has. */
function difference(was: Json | undefined, is: Json | undefined): { was: string; is: string } {
  const [old, now] = [list(was), list(is)]
  const short = (value: Json | undefined, items: readonly Json[], others: readonly Json[]) => {
    if (Array.isArray(value)) return items.filter((item) => !others.includes(item)).map((item) => JSON.stringify(item)).join(', ')
    return value === undefined || isObject(value) ? '' : JSON.stringify(value)
  }
  return { was: short(was, old, now), is: short(is, now, old) }
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-diff-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

function redocly(cwd: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1' }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [findRedocly(), ...args], { cwd, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`redocly ${args.slice(0, 2).join(' ')}: ${stderr.replaceAll(/^\s*[╔║╚].*\n/gm, '').trim()}`)) // without the banner about Node.js versions
    })
  })
}

/** Beside this package, or in the project of whoever calls. It is large, and only this command needs it. */
function findRedocly(): string {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      const file = join(dirname(createRequire(from).resolve('@redocly/cli/package.json')), 'bin/cli.js')
      if (existsSync(file)) return file
    } catch {
      // not from there
    }
  }
  throw new Error(`understudy diff needs Redocly: npm install --save-dev @redocly/cli@${VERSION}`)
}
