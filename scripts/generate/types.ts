/** The TypeScript of a contract: what openapi-typescript makes of the document, and what a handler needs to know besides. */
import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { headerSchema } from './contract.js'
import { FILE_MARK, readInput } from './input.js'
import { asObject, asStrings, childObject, type JsonObject } from './json.js'
import { isObject } from '../../src/plain/json.js'
import { flatten, resolveObject } from './schema.js'
import { mapSchema } from '../../src/plain/map-schema.js'
import { successName } from '../../src/plain/schema-names.js'
import { isJson } from './spell-out.js'
import type { Dialect, Operation, System } from './system.js'

const EMPTY = 'Record<string, never>'

/** The text of the three groups of types. */
export interface Types {
  /** `paths`, `components`, `operations`. */
  readonly openapi: string
  /** `interface Operations`. */
  readonly operations: string
  /** `interface Records`. */
  readonly records: string
}

/**
 * Writes the types of a system.
 * @param spelledOut the document of `spellOut`.
 * @param records JSON Schemas by collection.
 */
export async function typesOf(system: System, spelledOut: JsonObject, records: JsonObject): Promise<Types> {
  const document = withoutSelectors(system, spelledOut)
  const components = childObject(document, 'components')
  const schemas = Object.fromEntries(Object.entries(childObject(components, 'schemas')).map(([name, schema]) => [name, mapSchema(schema, literalUnion)]))
  components.schemas = schemas
  for (const operation of system.operations) {
    schemas[`Input.${operation.id}`] = inputType(spelledOut, operation)
    schemas[`Headers.${operation.id}`] = headerSchema(operation)
  }
  for (const [name, schema] of Object.entries(records)) schemas[`Record.${name}`] = schema
  const nodes = await openapiTS(JSON.stringify(document), { defaultNonNullable: false, silent: true, transform: fileTypes })
  const extra = takeSchemas(nodes)
  return {
    openapi: astToString(nodes).trim(),
    operations: declaration('Operations', system.operations.map((operation) => operationType(system.dialect, spelledOut, operation, extra))),
    records: declaration('Records', Object.keys(records).map((name) => `${key(name)}: ${extra.get(`Record.${name}`) ?? EMPTY}`)),
  }
}

/** The document with every operation at a path of its own: `/index.php?r=user/register`. */
function withoutSelectors(system: System, spelledOut: JsonObject): JsonObject {
  const document = structuredClone(spelledOut)
  const paths = childObject(document, 'paths')
  for (const { path, method, parameter } of system.selectors) {
    const item = resolveObject(document, paths[path], path)
    const outer = asObject(item[method], path)
    const inner = Object.entries(asObject(outer['x-operations'], 'x-operations'))
    for (const [value, node] of inner) paths[`${path}?${parameter}=${value}`] = { [method]: node }
    Reflect.deleteProperty(item, method)
    if (Object.keys(item).length === 0) Reflect.deleteProperty(paths, path)
  }
  return document
}

/**
 * The input as a handler sees it: one object with every field, those with a default present. What a schema says of
 * combinations (`anyOf`, `if`) has been checked by then and would only make a union that is hard to read from.
 */
function inputType(document: JsonObject, operation: Operation): JsonObject {
  const { schema, fields } = readInput(document, operation)
  const defaults = [...fields].filter(([, field]) => flatten(document, field.schema).default !== undefined)
  return {
    type: 'object',
    properties: Object.fromEntries([...fields].map(([name, field]) => [name, field.schema])),
    required: [...new Set([...asStrings(schema.required, 'required'), ...defaults.map(([name]) => name)])],
  }
}

/** A table of constants without the type they have in common, which would swallow them: `number | 4000 | 4010`. */
function literalUnion({ type, ...schema }: JsonObject): JsonObject {
  const rows = schema.oneOf ?? schema.anyOf
  const isTable = Array.isArray(rows) && rows.every((row) => isObject(row) && row.const !== undefined)
  return type === undefined || isTable ? schema : { type, ...schema }
}

/** Files: `UploadedFile` in a handler's input, `Blob` in what travels. */
function fileTypes(schema: object): ts.TypeNode | undefined {
  if (FILE_MARK in schema) return ts.factory.createTypeReferenceNode('UploadedFile')
  if ('format' in schema && schema.format === 'binary') return ts.factory.createTypeReferenceNode('Blob')
  return undefined
}

/** Takes the schemas that are no components (a dot is in their name) out of the syntax tree; returns their types as text. */
function takeSchemas(nodes: ts.Node[]): Map<string, string> {
  const taken = new Map<string, string>()
  const index = nodes.findIndex((node) => ts.isInterfaceDeclaration(node) && node.name.text === 'components')
  const components = nodes[index]
  if (components === undefined || !ts.isInterfaceDeclaration(components)) return taken
  const { factory } = ts
  const members = components.members.map((member) => {
    if (!ts.isPropertySignature(member) || nameOf(member) !== 'schemas' || member.type === undefined || !ts.isTypeLiteralNode(member.type)) return member
    const kept = member.type.members.filter((schema) => {
      const name = nameOf(schema)
      if (!name.includes('.') || !ts.isPropertySignature(schema) || schema.type === undefined) return true
      taken.set(name, astToString(schema.type).trim())
      return false
    })
    return factory.updatePropertySignature(member, member.modifiers, member.name, member.questionToken, factory.createTypeLiteralNode(kept))
  })
  nodes[index] = factory.updateInterfaceDeclaration(
    components, components.modifiers, components.name, components.typeParameters, components.heritageClauses, members,
  )
  return taken
}

function nameOf({ name }: ts.TypeElement): string {
  return name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteral(name)) ? name.text : ''
}

function operationType(dialect: Dialect | null, document: JsonObject, operation: Operation, extra: ReadonlyMap<string, string>): string {
  const { id, errors } = operation
  const success = successType(operation)
  return `${key(id)}: ${block([
    `input: ${extra.get(`Input.${id}`) ?? EMPTY}`,
    `headers: ${extra.get(`Headers.${id}`) ?? EMPTY}`,
    `success: ${success}`,
    `payload: ${payloadType(dialect, document, operation, success)}`,
    `error: ${errors.length === 0 ? 'never' : errors.map((name) => JSON.stringify(name)).join(' | ')}`,
  ])}`
}

function successType(operation: Operation): string {
  const { mediaType } = operation.success
  if (mediaType === null) return 'undefined'
  return isJson(mediaType) ? `components["schemas"][${JSON.stringify(successName(operation.id))}]` : 'RawBody'
}

function payloadType(dialect: Dialect | null, document: JsonObject, operation: Operation, success: string): string {
  if (dialect === null || !isJson(operation.success.mediaType)) return success
  if ('under' in dialect.payload) return `${success}[${JSON.stringify(dialect.payload.under)}]`
  const { beside } = dialect.payload
  const envelope = beside.map((key) => JSON.stringify(key)).join(' | ')
  const flat = flatten(document, { $ref: `#/components/schemas/${successName(operation.id)}` })
  if (flat.oneOf !== undefined || flat.anyOf !== undefined) return `OmitEach<${success}, ${envelope}>`
  const keys = isObject(flat.properties) ? Object.keys(flat.properties) : []
  if (keys.every((key) => beside.includes(key))) return EMPTY
  return `Omit<${success}, ${envelope}>`
}

function declaration(name: string, members: readonly string[]): string {
  return members.length === 0 ? `export type ${name} = Record<never, never>` : `export interface ${name} ${block(members)}`
}

function block(members: readonly string[]): string {
  return `{\n${members.map((member) => `    ${member.replaceAll('\n', '\n    ')};`).join('\n')}\n}`
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
}
