/** The document of a system as the reference page shows it: aimed at one sandbox, one entry per operation, extensions spelt out. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DEFAULT_SANDBOX } from '../core/pipeline/address.js'
import type { System } from '../core/system.js'
import { openapiFolder } from '../paths.js'
import { decisionTable, describeOperation } from './describe.js'
import { stepsOfFragment } from '../plain/pointer.js'
import { at, objectOf, objectsOf, textOf } from './json.js'
import { isObject, type Json, type JsonObject } from '../plain/json.js'

/** For whom a document is shown. */
export interface View {
  readonly sandbox: string
  /** The user type that the reader has logged in as; its name is filled in where a path asks for it. */
  readonly realm: string | null
}

const FORMS = new Set(['application/x-www-form-urlencoded', 'multipart/form-data'])
const METHODS = new Set(['get', 'put', 'post', 'delete', 'patch'])

/** @returns the path below which a system is served in a sandbox */
export function basePath(system: System, sandbox: string): string {
  return sandbox === DEFAULT_SANDBOX ? `/${system.id}` : `/@${sandbox}/${system.id}`
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
export async function displayDocument(system: System, view: View): Promise<JsonObject | null> {
  const document = await readDocument(system)
  if (document === null) return null
  const paths = Object.entries(objectOf(document['paths'])).flatMap(([path, item]) => showPath({ system, document }, path, objectOf(item)))
  const shown = {
    ...document,
    info: { ...objectOf(document['info']), description: describeDocument(document) },
    servers: [{ url: basePath(system, view.sandbox), description: `沙箱 ${view.sandbox} · Sandbox ${view.sandbox}` }],
    paths: Object.fromEntries(paths),
  }
  const field = system.users.realm
  // By convention the path parameter of a user type has the name of the field that holds it.
  return field === null || view.realm === null ? shown : objectOf(withExample(shown, field, view.realm))
}

function describeDocument(document: JsonObject): string {
  const description = textOf(at(document, 'info', 'description'))
  const decisions = [...objectsOf(document['x-decision']), ...decisionsBelow(at(document, 'components'))]
  if (decisions.length === 0) return description
  return `${description}\n\n<details><summary>对原文的决定（${String(decisions.length)}）· Decisions on the text</summary>\n\n${decisionTable(decisions)}\n\n</details>`
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

function showOperation({ system: { contract }, document }: Subject, operation: JsonObject): JsonObject {
  const row = contract.operations[textOf(operation['operationId'])]
  if (row === undefined) return operation
  const extensions = describeOperation(contract, row, objectsOf(operation['x-decision']))
  const described = { ...operation, description: `${textOf(operation['description']).trim()}\n\n${extensions}` }
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
