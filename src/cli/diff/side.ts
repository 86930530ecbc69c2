/** The two sides of a comparison: OpenAPI and AsyncAPI documents from files, folders and git revisions. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import { isObject, type JsonObject, objectOf, parseJson, textOf } from '../../plain/json.js'
import { inFolder } from './run-redocly.js'
import { asOpenapi, isAsyncapi } from './sockets.js'
import { bundled, readSources, sourceNames, type Sources } from './sources.js'

/** Where a project keeps its documents: handwritten ones, and what is generated from them. The former are the contract; the latter may be of yesterday. */
const SOURCES = 'openapi'
const FOLDER = 'openapi/bundled'

/** One version of some contracts. */
export interface Side {
  /** What was read, for people: `HEAD: openapi/*.yaml (5 documents)`. */
  readonly read: string
  /** Whether the documents are those of a project as they were written; else they were generated, or nobody knows. */
  readonly written: boolean
  /** Documents by system; those of sockets, in the words of OpenAPI, by `<system>.asyncapi`. */
  readonly systems: ReadonlyMap<string, JsonObject>
  /** Meaning and advice by condition; empty where the side does not say. */
  readonly conditions: ReadonlyMap<string, { readonly meaning: string; readonly advice: string }>
}

/**
 * Reads two sides, as like as can be: beside documents that were generated, a project is read as it was generated too, if it has that. What is
 * spelled out in one alone would be taken for a change.
 * @param names as `readSide` takes them
 * @throws Error as `readSide` does
 */
export async function readSides(...names: readonly [old: string, now: string]): Promise<readonly [old: Side, now: Side]> {
  const [old, now] = [await readSide(names[0]), await readSide(names[1])]
  if (old.written === now.written) return [old, now]
  return [old.written ? await asGenerated(names[0], old) : old, now.written ? await asGenerated(names[1], now) : now]
}

async function asGenerated(name: string, side: Side): Promise<Side> {
  return (existsSync(name) ? readGenerated(join(name, FOLDER), `${name}: ${FOLDER}/`) : readGeneratedRevision(name)) ?? side
}

/**
 * Reads a side.
 * @param name a file (JSON or YAML), a folder of bundled documents, a project folder or a git revision (`HEAD~1`) with handwritten ones in
 *   `openapi` or else bundled ones in `openapi/bundled`, or `<revision>:<file>`
 * @throws Error if it is none of these, or what is there is no OpenAPI document
 */
export async function readSide(name: string): Promise<Side> {
  if (existsSync(name)) return statSync(name).isDirectory() ? readFolder(name) : readFile(name)
  const [revision = '', ...path] = name.split(':')
  if (!isRevision(revision)) throw new Error(`${name} is neither a file nor a git revision here`)
  return path.length > 0 ? fromTexts(name, [[path.join(':'), show(revision, path.join(':'))]]) : readRevision(revision)
}

/** What there is to compare: the documents of one system on both sides, `null` where a side has none. */
export function pairs(before: Side, after: Side): { readonly system: string; readonly before: JsonObject | null; readonly after: JsonObject | null }[] {
  const [[was, old] = [], [is, now] = []] = [[...before.systems][0], [...after.systems][0]]
  // Two files are two versions of one contract, whatever they are called.
  if (before.systems.size === 1 && after.systems.size === 1 && was !== is && old !== undefined && now !== undefined) return [{ system: is ?? '', before: old, after: now }]
  const ids = [...new Set([...before.systems.keys(), ...after.systems.keys()])].sort()
  return ids.map((system) => ({ system, before: before.systems.get(system) ?? null, after: after.systems.get(system) ?? null }))
}

async function readFile(file: string): Promise<Side> {
  if (/\.json$/.test(file)) return fromTexts(file, [[file, readFileSync(file, 'utf8')]])
  return fromDocuments(file, (await bundled([file])).documents)
}

async function readFolder(folder: string): Promise<Side> {
  if (sourceNames(join(folder, SOURCES)).length > 0) return fromSources(folder, await readSources(join(folder, SOURCES)))
  const side = readGenerated(join(folder, FOLDER), `${folder}: ${FOLDER}/`) ?? readGenerated(folder, `${folder}: `)
  if (side === null) throw new Error(`there are no documents in ${folder}: *.json, ${SOURCES}/*.yaml or ${FOLDER}/*.json`)
  return side
}

function readGenerated(folder: string, named: string): Side | null {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')).sort() : []
  return files.length === 0 ? null : fromTexts(`${named}*.json (${count(files)})`, files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]))
}

async function readRevision(revision: string): Promise<Side> {
  const tracked = trackedFiles(revision)
  const sources = await inFolder(async (folder) => {
    writeTracked(revision, tracked.filter((file) => dirname(file) === SOURCES && /\.ya?ml$/.test(file)), folder)
    return sourceNames(join(folder, SOURCES)).length === 0 ? null : await readSources(join(folder, SOURCES))
  })
  if (sources !== null) return fromSources(revision, sources)
  const side = readGeneratedRevision(revision)
  if (side === null) throw new Error(`revision ${revision} has no documents in ${SOURCES} or ${FOLDER}`)
  return side
}

function readGeneratedRevision(revision: string): Side | null {
  const files = trackedFiles(revision).filter((file) => dirname(file) === FOLDER && file.endsWith('.json'))
  return files.length === 0 ? null : fromTexts(`${revision}: ${FOLDER}/*.json (${count(files)})`, files.map((file) => [file, show(revision, file)]))
}

function trackedFiles(revision: string): string[] {
  return git('ls-tree', '-r', '--name-only', '--full-tree', '-z', revision, `${SOURCES}/`).split('\0').filter((file) => file !== '')
}

/** Writes files of a revision into a folder, and those that they refer to, wherever in the repository they lie. */
function writeTracked(revision: string, files: readonly string[], folder: string): void {
  const wanted = [...files]
  for (const file of wanted) { // grows on the way
    const source = show(revision, file)
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), source)
    for (const [, to = ''] of source.matchAll(/\$ref['"]?\s*:\s*['"]?([^'"#\s,}]+)/g)) {
      const other = posix.join(dirname(file), to)
      if (!/^\w+:/.test(to) && !other.startsWith('../') && !wanted.includes(other) && isTracked(revision, other)) wanted.push(other)
    }
  }
}

const count = (documents: readonly unknown[]) => `${String(documents.length)} document${documents.length === 1 ? '' : 's'}`

function isRevision(revision: string): boolean {
  try {
    return git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`) !== ''
  } catch {
    return false
  }
}

function isTracked(revision: string, file: string): boolean {
  return git('ls-tree', '--name-only', '--full-tree', revision, file) !== ''
}

function show(revision: string, file: string): string {
  try {
    return git('show', `${revision}:${file}`)
  } catch {
    throw new Error(`revision ${revision} has no file ${file}`)
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'pipe'] })
}

function fromSources(name: string, { documents, conditions }: Sources): Side {
  const words = Object.entries(objectOf(conditions.conditions)).map(([condition, value]) => {
    const { meaning, advice } = objectOf(value)
    return [condition, { meaning: `${textOf(objectOf(meaning).zh)} · ${textOf(objectOf(meaning).en)}`, advice: textOf(advice) }] as const
  })
  return { ...fromDocuments(`${name}: ${SOURCES}/*.yaml (${count(documents)})`, documents), written: true, conditions: new Map(words) }
}

function fromTexts(read: string, sources: readonly (readonly [file: string, source: string])[]): Side {
  return fromDocuments(read, sources.map(([file, source]) => {
    try {
      return [file, objectOf(parseJson(source))]
    } catch {
      throw new Error(`${file} is no JSON; a handwritten document is read from the disk only`)
    }
  }))
}

function fromDocuments(read: string, documents: readonly (readonly [file: string, document: JsonObject])[]): Side {
  for (const [file, document] of documents) if (textOf(document.openapi) === '' && !isAsyncapi(document)) throw new Error(`${file} is no OpenAPI 3 document`)
  const unified = documents.find(([, document]) => isObject(document['x-systems']))
  const others = documents.filter((one) => one !== unified)
  return {
    read,
    written: false,
    // With its parts beside it the unified document says nothing new of them.
    systems: new Map(others.length > 0 || unified === undefined
      ? others.map(([file, document]) => [basename(file).replace(/\.\w+$/, ''), isAsyncapi(document) ? asOpenapi(document) : document] as const)
      : partsOf(unified[1])),
    conditions: unified === undefined ? new Map() : conditionsOf(unified[1]),
  }
}

/** The unified document cut into systems again; names and paths stay as they are in it. */
function partsOf(unified: JsonObject): Map<string, JsonObject> {
  return new Map(Object.entries(objectOf(unified['x-systems'])).map(([id, about]) => {
    const base = textOf(objectOf(about).base)
    const paths = Object.entries(objectOf(unified.paths)).filter(([path]) => path.startsWith(`${base}/`))
    const components = Object.entries(objectOf(unified.components)).map(([section, members]) => {
      return [section, Object.fromEntries(Object.entries(objectOf(members)).filter(([name]) => name.startsWith(`${id}.`)))] as const
    })
    return [id, { ...objectOf(about), openapi: unified.openapi ?? '3.1.0', info: unified.info ?? {}, paths: Object.fromEntries(paths), components: Object.fromEntries(components) }]
  }))
}

function conditionsOf(unified: JsonObject): Side['conditions'] {
  const { oneOf } = objectOf(objectOf(objectOf(unified.components).schemas).Condition)
  const rows = Array.isArray(oneOf) ? oneOf.map(objectOf) : []
  return new Map(rows.map((row) => [textOf(row.const), { meaning: textOf(row.title), advice: textOf(row['x-advice']) }]))
}
