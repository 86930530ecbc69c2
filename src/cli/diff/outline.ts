/** What a contract says beyond OpenAPI: its error table, and of each operation who may call it and what can go wrong. */
import type { Bilingual } from '../../plain/bilingual.js'
import { isObject, itemsOf, type Json, type JsonObject, objectOf, textOf, textsOf } from '../../plain/json.js'

/** A row of the error table. */
export interface ErrorOutline {
  readonly name: string
  readonly code: string
  readonly condition: string
  readonly meaning: string
  readonly message: string
  readonly status: string
}

export type Auth = 'none' | 'optional' | 'required'

/** An operation, with those behind a selecting parameter among them. */
export interface OperationOutline {
  readonly id: string
  /** Verb and path: `POST /index.php?r=user/register`. */
  readonly address: string
  readonly auth: Auth
  /** The security schemes that let a caller in. */
  readonly schemes: readonly string[]
  readonly roles: readonly string[]
  readonly provenance: string
  /** In the order of the checks. */
  readonly errors: readonly string[]
}

export interface Outline {
  /** `x-dialect`, but for its references. */
  readonly dialect: string
  /** How credentials travel: the security schemes, but for their descriptions. */
  readonly credentials: string
  readonly errors: ReadonlyMap<string, ErrorOutline>
  readonly operations: ReadonlyMap<string, OperationOutline>
  /** `x-decision`: readings by topic, wherever they stand. */
  readonly decisions: ReadonlyMap<string, Bilingual>
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** Reads the outline of a document, handwritten (its files joined) or bundled; what it does not say is empty. */
export function outlineOf(document: JsonObject): Outline {
  const { unmatched: _, ...dialect } = objectOf(document['x-dialect'])
  return {
    dialect: JSON.stringify(dialect),
    credentials: JSON.stringify(Object.entries(objectOf(objectOf(document.components).securitySchemes)).map(([name, scheme]) => {
      const { description: __, ...rest } = objectOf(scheme)
      return [name, rest]
    })),
    errors: new Map(errorRows(document).map((row) => [row.name, row])),
    operations: new Map(operations(document).map((operation) => [operation.id, operation])),
    decisions: decisions(document),
  }
}

/** The error table; in a part of the unified document its name has the system's before it. */
function errorRows(document: JsonObject): ErrorOutline[] {
  const schemas = objectOf(objectOf(document.components).schemas)
  const [, table] = Object.entries(schemas).find(([name]) => /(?:^|\.)ErrorCode$/.test(name)) ?? []
  const { oneOf, anyOf } = objectOf(table)
  return itemsOf(oneOf ?? anyOf).filter((row) => isObject(row)).map((row) => ({
    name: textOf(row.title),
    code: JSON.stringify(row.const ?? null),
    condition: textOf(row['x-condition']),
    meaning: textOf(row.description),
    message: textOf(row['x-message']),
    status: JSON.stringify(row['x-status'] ?? 200).replaceAll(/[[\]]/g, ''),
  }))
}

function operations(document: JsonObject): OperationOutline[] {
  return Object.entries(objectOf(document.paths)).flatMap(([path, item]) => METHODS.flatMap((method) => {
    const node = objectOf(item)[method]
    if (!isObject(node)) return []
    const address = `${method.toUpperCase()} ${path}`
    const inner = Object.entries(objectOf(node['x-operations']))
    if (inner.length === 0) return [operation(document, address, node)]
    return inner.map(([value, one]) => operation(document, `${address}?${textOf(node['x-selector'])}=${value}`, objectOf(one)))
  }))
}

function operation(document: JsonObject, address: string, node: JsonObject): OperationOutline {
  return {
    id: textOf(node.operationId) || address,
    address,
    auth: authOf(node.security ?? document.security),
    schemes: itemsOf(node.security ?? document.security).flatMap((level) => Object.keys(objectOf(level))),
    roles: textsOf(node['x-roles']),
    provenance: textOf(node['x-provenance']),
    errors: textsOf(node['x-errors']),
  }
}

function authOf(security: Json | undefined): Auth {
  const levels = itemsOf(security)
  if (levels.length === 0) return 'none'
  return levels.some((level) => Object.keys(objectOf(level)).length === 0) ? 'optional' : 'required'
}

function decisions(document: JsonObject): Map<string, Bilingual> {
  const found = new Map<string, Bilingual>()
  const visit = (value: Json | undefined): void => {
    if (Array.isArray(value)) for (const item of itemsOf(value)) visit(item)
    if (!isObject(value)) return
    for (const { topic, reading, readingZh } of itemsOf(value['x-decision']).map(objectOf)) found.set(textOf(topic), { en: textOf(reading), zh: textOf(readingZh ?? reading) })
    for (const item of Object.values(value)) visit(item)
  }
  visit(document)
  return found
}
