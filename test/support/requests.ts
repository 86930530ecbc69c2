/** Requests made from a contract: its examples, and whatever a generator makes of them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OperationRow } from '../../src/core/contract.js'
import type { System } from '../../src/core/system.js'
import { openapiFolder } from '../../src/paths.js'
import { isObject } from '../../src/plain/json.js'

/** A request as it goes on the wire. */
export interface WireRequest {
  readonly operation: string
  readonly method: string
  /** Path and query below the system's base. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The values that the contract gives as examples for one operation. */
export interface Examples {
  /** Path, query and header parameters by name. */
  readonly parameters: Readonly<Record<string, Json>>
  readonly bodies: readonly { readonly [key: string]: Json }[]
}

/** @returns the examples of every operation of the bundled document */
export function readExamples(system: Pick<System, 'id'>, folder = openapiFolder): Map<string, Examples> {
  const document = JSON.parse(readFileSync(join(folder, 'bundled', `${system.id}.json`), 'utf8')) as Json
  const resolve = (value: Json | undefined): Json | undefined => {
    const ref = at(value, '$ref')
    return typeof ref === 'string' ? resolve(ref.slice(2).split('/').reduce<Json | undefined>((node, key) => at(node, key.replaceAll('~1', '/')), document)) : value
  }
  const found = new Map<string, Examples>()
  const visit = (operation: Json | undefined, shared: readonly Json[]) => {
    const id = at(operation, 'operationId')
    if (typeof id !== 'string') return
    const parameters = [...shared, ...list(at(operation, 'parameters'))].map(resolve)
    const media = Object.values(record(at(resolve(at(operation, 'requestBody')), 'content')))[0]
    const bodies = Object.values(record(at(media, 'examples'))).map((example) => record(at(resolve(example), 'value')))
    found.set(id, { parameters: Object.fromEntries(parameters.map((parameter) => [nameOf(parameter), exampleOf(parameter, resolve)])), bodies })
    for (const inner of Object.values(record(at(operation, 'x-operations')))) visit(inner, [])
  }
  for (const item of Object.values(record(at(document, 'paths')))) for (const operation of Object.values(record(item))) visit(operation, list(at(item, 'parameters')))
  return found
}

function nameOf(parameter: Json | undefined): string {
  const name = at(parameter, 'name')
  if (typeof name !== 'string') throw new Error('a parameter has no name')
  return name
}

function exampleOf(parameter: Json | undefined, resolve: (value: Json | undefined) => Json | undefined): Json {
  const named = Object.values(record(at(parameter, 'examples')))[0]
  const schema = resolve(at(parameter, 'schema'))
  return at(parameter, 'example') ?? at(resolve(named), 'value') ?? list(at(schema, 'examples'))[0] ?? at(schema, 'default') ?? list(at(schema, 'enum'))[0] ?? '1'
}

/**
 * @param values field values by name; those of header parameters too
 * @returns the request in the form that the operation takes
 */
export function buildRequest(operation: string, row: OperationRow, values: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}): WireRequest {
  const query = new URLSearchParams()
  const body: Record<string, unknown> = {}
  let path = row.path
  if (row.select !== null) query.set(row.select.parameter, row.select.value)
  for (const [name, value] of Object.entries(values)) {
    const { in: place, at = [name] } = row.fields[name] ?? (isAround(row, name) ? { in: 'body' } : {})
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(asText(value)))
    else if (place === 'query') query.set(name, asText(value))
    else if (place === 'body') put(body, at, value)
  }
  const search = query.toString()
  const all = { ...headers, ...headerValues(row, values) }
  return { operation, method: row.method, path: search === '' ? path : `${path}?${search}`, ...encodeBody(row, body, all) }
}

/** Whether fields of the operation stand inside the object of this name in the body. */
function isAround(row: OperationRow, name: string): boolean {
  return Object.values(row.fields).some(({ at: [outer] = [] }) => outer === name)
}

function put(body: Record<string, unknown>, [name = '', ...inside]: readonly string[], value: unknown): void {
  if (inside.length === 0) body[name] = value
  else {
    const inner: Record<string, unknown> = { ...(body[name] as object | undefined) } // an example, or what was put here before
    put(inner, inside, value)
    body[name] = inner
  }
}

function encodeBody(row: OperationRow, body: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>>): { body: string | null; headers: Record<string, string> } {
  switch (row.body) {
    case 'application/json':
      return { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }
    case 'application/x-www-form-urlencoded':
      return { body: new URLSearchParams(Object.entries(body).map(([name, value]): [string, string] => [name, asText(value)])).toString(), headers: { 'content-type': row.body, ...headers } }
    case 'multipart/form-data': {
      const parts = Object.entries(body).map(([name, value]) => `--frontier\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${asText(value)}\r\n`)
      return { body: `${parts.join('')}--frontier--\r\n`, headers: { 'content-type': 'multipart/form-data; boundary=frontier', ...headers } }
    }
    case null:
      return { body: null, headers: { ...headers } }
  }
}

function headerValues(row: OperationRow, values: Readonly<Record<string, unknown>>): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of row.headers) {
    const value = Object.entries(values).find(([given]) => given.toLowerCase() === name)?.[1]
    if (value !== undefined) headers[name] = asText(value)
  }
  return headers
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
const at = (value: Json | undefined, key: string): Json | undefined => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined)
const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []) // Array.isArray says any[]
const record = (value: Json | undefined): { readonly [key: string]: Json } => (isObject(value) ? value : {})
