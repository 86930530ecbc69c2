/** The document of a system as the reference page shows it: aimed at one sandbox, in one language, one entry per operation, extensions spelt out. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ErrorRow } from '../core/contract.js'
import { DEFAULT_SANDBOX } from '../core/pipeline/address.js'
import type { System } from '../core/system.js'
import { openapiFolder } from '../paths.js'
import { decisionTable, describeOperation } from './describe.js'
import { inLanguage, type Language } from '../plain/bilingual.js'
import { at, isObject, type Json, type JsonObject, objectOf, objectsOf, textOf } from '../plain/json.js'
import { panelAddress } from '../plain/panels.js'
import { stepsOfFragment } from '../plain/pointer.js'
import { speak } from './language.js'

/** For whom a document is shown. */
export interface Viewer {
  readonly sandbox: string
  /** The user type that the reader has logged in as; its name is filled in where a path asks for it. */
  readonly realm: string | null
  readonly language: Language
  /** Whether there is a console in which the calls of an operation can be seen. */
  readonly hasConsole: boolean
}

const FORMS = new Set(['application/x-www-form-urlencoded', 'multipart/form-data'])
const METHODS = new Set(['get', 'put', 'post', 'delete', 'patch'])

/** @returns the path below which a system is served in a sandbox */
export function basePath(system: System, sandbox: string): string {
  return sandbox === DEFAULT_SANDBOX ? `/${system.id}` : `/@${sandbox}/${system.id}`
}

/** @returns the address of a panel of the console in a sandbox */
export function consoleAddress(panel: Parameters<typeof panelAddress>[0], sandbox: string): string {
  return panelAddress(panel, sandbox === DEFAULT_SANDBOX ? null : sandbox)
}

/** @returns the bundled document of the system; null where it came without one */
export async function readDocument(system: System): Promise<JsonObject | null> {
  const text = await readFile(join(openapiFolder, 'bundled', `${system.id}.json`), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'null'
    throw error
  })
  const document = JSON.parse(text) as Json // what JSON.parse returns is Json by definition
  return isObject(document) ? document : null
}

/**
 * @returns the document with the sandbox as its server, operations that share a URL as entries of their own, and provenance, auth level,
 *   errors and decisions in every description; null where the system came without one
 */
export async function displayDocument(system: System, view: Viewer): Promise<JsonObject | null> {
  const written = await readDocument(system)
  if (written === null) return null
  const document = objectOf(translate(written, view.language, system.contract.errors))
  const paths = Object.entries(objectOf(document['paths'])).flatMap(([path, item]) => showPath({ system, document, view }, path, objectOf(item)))
  const shown = {
    ...document,
    info: { ...objectOf(document['info']), description: describeDocument(document, view.language) },
    servers: [{ url: basePath(system, view.sandbox), description: speak(view.language)(`Sandbox ${view.sandbox}`, `沙箱 ${view.sandbox}`) }],
    paths: Object.fromEntries(paths),
  }
  const field = system.users.realm
  // By convention the path parameter of a user type has the name of the field that holds it.
  return field === null || view.realm === null ? shown : objectOf(withExample(shown, field, view.realm))
}

/** Values as they travel, and what is read where it is spelt out. */
const NO_TEXTS = new Set(['example', 'value', 'default', 'const', 'enum', 'x-decision'])
const TEXTS = new Set(['title', 'summary', 'description'])
/** What these hold is under names that are no keywords. */
const NAMED = new Set(['properties', 'responses'])

/** The same with each text for people in one language. */
function translate(value: Json, language: Language, errors: Readonly<Record<string, ErrorRow>>): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((inner) => translate(inner, language, errors)) // Array.isArray says any[]
  if (!isObject(value)) return value
  // The codes of a system bear the names of its errors, and their texts as the backend team wrote them.
  const meaning = Object.hasOwn(value, 'const') ? errors[textOf(value['title'])]?.meaning[language] : undefined
  const entries = Object.entries(value).map(([key, inner]): [string, Json] => {
    if (key === 'description' && meaning !== undefined) return [key, meaning]
    if (TEXTS.has(key) && typeof inner === 'string') return [key, inLanguage(inner, language)]
    if (NAMED.has(key) && isObject(inner)) return [key, Object.fromEntries(Object.entries(inner).map(([name, one]) => [name, translate(one, language, errors)]))]
    return [key, NO_TEXTS.has(key) ? inner : translate(inner, language, errors)]
  })
  return Object.fromEntries(entries)
}

function describeDocument(document: JsonObject, language: Language): string {
  const description = textOf(at(document, 'info', 'description'))
  const decisions = [...objectsOf(document['x-decision']), ...decisionsBelow(at(document, 'components'))]
  if (decisions.length === 0) return description
  const title = speak(language)(`Decisions on the text (${String(decisions.length)})`, `对原文的决定（${String(decisions.length)}）`)
  return `${description}\n\n<details><summary>${title}</summary>\n\n${decisionTable(decisions, language)}\n\n</details>`
}

/** Decisions on schemas and errors, wherever they stand. */
function decisionsBelow(value: Json | undefined): readonly JsonObject[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(decisionsBelow) // Array.isArray says any[]
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => (key === 'x-decision' ? objectsOf(inner) : decisionsBelow(inner)))
}

interface Subject {
  readonly system: System
  readonly document: JsonObject
  readonly view: Viewer
}

/** One path of the document as one or several paths of the page. */
function showPath(subject: Subject, path: string, item: JsonObject): [string, JsonObject][] {
  const shared = Object.fromEntries(Object.entries(item).filter(([key]) => !METHODS.has(key)))
  const plain: Record<string, JsonObject> = {}
  const expanded: [string, JsonObject][] = []
  for (const [method, value] of Object.entries(item)) {
    if (!METHODS.has(method) || !isObject(value)) continue
    const inner = objectOf(value['x-operations'])
    const selector = textOf(value['x-selector'])
    if (selector === '') plain[method] = showOperation(subject, value)
    // Swagger UI sends what stands behind the question mark as it is.
    for (const [choice, operation] of Object.entries(inner)) {
      expanded.push([`${path}?${selector}=${choice}`, { ...shared, [method]: showOperation(subject, objectOf(operation)) }])
    }
  }
  return Object.keys(plain).length === 0 ? expanded : [[path, { ...shared, ...plain }], ...expanded]
}

function showOperation({ system: { contract }, document, view: { language, sandbox, hasConsole } }: Subject, operation: JsonObject): JsonObject {
  const id = textOf(operation['operationId'])
  const row = contract.operations[id]
  if (row === undefined) return operation
  const calls = hasConsole ? `${consoleAddress('calls', sandbox)}?operation=${id}` : null
  const extensions = describeOperation(contract, row, objectsOf(operation['x-decision']), language, calls)
  const described = { ...operation, description: `${textOf(operation['description'])}\n\n${extensions}` }
  const body = objectOf(operation['requestBody'])
  const content = Object.entries(objectOf(body['content'])).map(([type, media]) => [type, FORMS.has(type) ? fillForm(document, objectOf(media)) : media])
  return content.length === 0 ? described : { ...described, requestBody: { ...body, content: Object.fromEntries(content) as JsonObject } } // entries of JSON make JSON
}

/** A form is filled from the schemas of its fields; the first example of the body says what a whole one looks like. */
function fillForm(document: JsonObject, media: JsonObject): JsonObject {
  const [named] = Object.values(objectOf(media['examples']))
  const values = at(resolve(document, named), 'value')
  if (!isObject(values)) return media
  const schema = objectOf(resolve(document, media['schema']))
  const properties = Object.entries(objectOf(schema['properties'])).map(([name, property]) => {
    return [name, { ...objectOf(resolve(document, property)), example: values[name] ?? '' }] as const
  })
  return { ...media, schema: { ...schema, properties: Object.fromEntries(properties) } }
}

function resolve(document: JsonObject, value: Json | undefined): Json | undefined {
  const reference = textOf(at(value, '$ref'))
  if (!reference.startsWith('#/')) return value
  return resolve(document, at(document, ...stepsOfFragment(reference)))
}

/** The same with the example of every path parameter of that name replaced. */
function withExample(value: Json, name: string, example: string): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((inner) => withExample(inner, name, example)) // Array.isArray says any[]
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, withExample(inner, name, example)] as const)
  const copy = Object.fromEntries(entries)
  return value['name'] === name && value['in'] === 'path' ? { ...copy, example } : copy
}
