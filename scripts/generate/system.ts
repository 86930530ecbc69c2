/** What a document in the convention of `openapi/README.md` says, read once into plain facts. Nothing is changed here. */
import { isObject } from '../../src/plain/json.js'
import { asList, asObject, asObjects, asOptionalObject, asString, asStrings, ContractError, type Json, type JsonObject } from './json.js'
import { readRefinements, type Refinement } from './refinements.js'
import { resolve, resolveObject } from './schema.js'

/** `x-dialect`: how a system's bodies are made up. */
export interface Dialect {
  readonly code: string
  readonly message: string
  readonly success: string
  readonly payload: { readonly beside: readonly string[] } | { readonly under: string }
  /** The answer to a path or a verb that no operation has, as a JSON reference. */
  readonly unmatched: string | null
}

/** One row of the error table. */
export interface ErrorEntry {
  readonly name: string
  readonly code: number
  readonly condition: string
  readonly message: string
  readonly meaning: { readonly zh: string; readonly en: string }
  readonly status: readonly number[]
  /** The component schema of its body (`x-failure`). */
  readonly failure: string
  /** What it means under narrower circumstances (`x-refine`). */
  readonly refinements: readonly Refinement[]
}

/** One operation of the stub: one of OpenAPI's, or one of `x-operations`. */
export interface Operation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly select: { readonly parameter: string; readonly value: string } | null
  /** The Operation Object as it stands in `System.document`. */
  readonly node: JsonObject
  /** Its own and its path's parameters, references followed. The selecting one is left out. */
  readonly parameters: readonly JsonObject[]
  readonly errors: readonly string[]
  readonly success: { readonly status: number; readonly mediaType: string | null }
}

/** An operation of OpenAPI that stands for several (`x-operations`). */
export interface Selector {
  readonly method: string
  readonly path: string
  readonly parameter: string
}

/** One document. `dialect` is null for plain OpenAPI: no error table, nothing to spell out. */
export interface System {
  readonly id: string
  readonly title: string
  readonly document: JsonObject
  readonly dialect: Dialect | null
  readonly errors: readonly ErrorEntry[]
  readonly operations: readonly Operation[]
  readonly selectors: readonly Selector[]
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/**
 * Reads a self-contained document.
 * @throws ContractError where it does not follow the convention in a way that leaves nothing sensible to generate.
 */
export function readSystem(id: string, document: JsonObject): System {
  const dialect = document['x-dialect'] === undefined ? null : readDialect(asObject(document['x-dialect'], 'x-dialect'))
  const operations: Operation[] = []
  const selectors: Selector[] = []
  for (const [path, item] of Object.entries(asOptionalObject(document.paths, 'paths'))) {
    const pathItem = resolveObject(document, item, path)
    for (const method of METHODS) {
      if (pathItem[method] === undefined) continue
      const node = asObject(pathItem[method], `${method} ${path}`)
      const shared = parameters(document, pathItem.parameters, parameters(document, node.parameters))
      if (node['x-operations'] === undefined) {
        operations.push(readOperation(document, { method, path, node, shared, select: null }))
        continue
      }
      const parameter = asString(node['x-selector'], `${method} ${path}: x-selector`)
      selectors.push({ method, path, parameter })
      for (const [value, inner] of Object.entries(asObject(node['x-operations'], `${method} ${path}: x-operations`))) {
        const operation = { tags: node.tags ?? [], ...asObject(inner, value) }
        const others = shared.filter(({ name }) => name !== parameter)
        operations.push(readOperation(document, { method, path, node: operation, shared: others, select: { parameter, value } }))
      }
    }
  }
  const info = asObject(document.info, 'info')
  const errors = dialect === null ? [] : readErrors(document)
  return { id, title: asString(info.title, 'info.title'), document, dialect, errors, operations, selectors }
}

/** Finds an operation's object in a copy of its document. */
export function locate(document: JsonObject, { path, method, select }: Pick<Operation, 'path' | 'method' | 'select'>): JsonObject {
  const item = resolveObject(document, asObject(document.paths, 'paths')[path], path)
  const node = asObject(item[method], `${method} ${path}`)
  return select === null ? node : asObject(asObject(node['x-operations'], 'x-operations')[select.value], select.value)
}

/** The rows that an operation's `x-errors` name, in that order. Throws ContractError if the table has no such row. */
export function errorsOf(system: System, operation: Operation): ErrorEntry[] {
  return operation.errors.map((name) => {
    const entry = system.errors.find((error) => error.name === name)
    if (entry === undefined) throw new ContractError(`${operation.id}: x-errors names ${name}, which the error table does not have`)
    return entry
  })
}

/** All rows but the one that means success. */
export function failuresOf(system: System): ErrorEntry[] {
  return system.errors.filter(({ name }) => name !== system.dialect?.success)
}

function readDialect(node: JsonObject): Dialect {
  const payload = asObject(node.payload, 'x-dialect.payload')
  return {
    code: asString(node.code, 'x-dialect.code'),
    message: asString(node.message, 'x-dialect.message'),
    success: asString(node.success, 'x-dialect.success'),
    payload: payload.under === undefined
      ? { beside: asStrings(payload.beside, 'x-dialect.payload.beside') }
      : { under: asString(payload.under, 'x-dialect.payload.under') },
    unmatched: node.unmatched === undefined ? null : asString(node.unmatched, 'x-dialect.unmatched'),
  }
}

/** The rows of a document's error table. Throws ContractError if one is incomplete. */
export function readErrors(document: JsonObject): ErrorEntry[] {
  const table = resolveObject(document, { $ref: '#/components/schemas/ErrorCode' }, 'ErrorCode')
  return asObjects(table.oneOf ?? table.anyOf, 'ErrorCode.oneOf').map((row) => {
    const name = asString(row.title, 'ErrorCode: title')
    if (typeof row.const !== 'number') throw new ContractError(`ErrorCode ${name}: const must be a number`)
    const zh = asString(row.description, `ErrorCode ${name}: description`)
    return {
      name,
      code: row.const,
      condition: asString(row['x-condition'], `ErrorCode ${name}: x-condition`),
      message: readMessage(row['x-message'], zh, name),
      meaning: { zh, en: asString(row['x-description-en'], `ErrorCode ${name}: x-description-en`) },
      status: readStatus(row['x-status'], name),
      failure: row['x-failure'] === undefined ? 'Failure' : asString(row['x-failure'], `ErrorCode ${name}: x-failure`),
      refinements: readRefinements(row['x-refine'], `ErrorCode ${name}: x-refine`),
    }
  })
}

/** The meaning stands in for a text that is left out; `null` says that there is none (success only). */
function readMessage(value: Json | undefined, meaning: string, name: string): string {
  if (value === undefined) return meaning
  return value === null ? '' : asString(value, `ErrorCode ${name}: x-message`)
}

function readStatus(value: Json | undefined, name: string): number[] {
  if (value === undefined) return [200]
  const list = Array.isArray(value) ? value : [value]
  return list.map((status) => {
    if (typeof status === 'number' && Number.isInteger(status)) return status
    throw new ContractError(`ErrorCode ${name}: x-status must be an HTTP status or a list of them`)
  })
}

interface Place {
  readonly method: string
  readonly path: string
  readonly node: JsonObject
  readonly shared: readonly JsonObject[]
  readonly select: Operation['select']
}

function readOperation(document: JsonObject, { method, path, node, shared, select }: Place): Operation {
  const id = asString(node.operationId, `${method} ${path}: operationId`)
  return {
    id,
    method,
    path,
    select,
    node,
    parameters: select === null ? shared : parameters(document, [...shared], parameters(document, node.parameters)),
    errors: asStrings(node['x-errors'], `${id}: x-errors`),
    success: readSuccess(document, id, node),
  }
}

/** `outer` parameters with `inner` ones put in the place of their namesakes. */
function parameters(document: JsonObject, outer: Json | undefined, inner: readonly JsonObject[] = []): JsonObject[] {
  const resolved = asList(outer, 'parameters').map((item) => resolveObject(document, item, 'parameter'))
  const overridden = (parameter: JsonObject) => inner.some(({ name, in: place }) => name === parameter.name && place === parameter.in)
  return [...resolved.filter((parameter) => !overridden(parameter)), ...inner]
}

function readSuccess(document: JsonObject, id: string, node: JsonObject): Operation['success'] {
  const responses = asObject(node.responses, `${id}: responses`)
  const statuses = Object.keys(responses).map(Number)
  // The first 2XX: others beside it (206 of a download) are variations. A socket has none, its 101 is the success.
  const status = statuses.find((code) => code >= 200 && code < 300) ?? statuses.find((code) => code < 400)
  if (status === undefined) throw new ContractError(`${id}: no response is its success`)
  const response = resolve(document, responses[String(status)])
  const content = isObject(response) ? Object.keys(asOptionalObject(response.content, `${id}: content`)) : []
  if (content.length > 1) throw new ContractError(`${id}: success must have one media type`)
  return { status, mediaType: content[0] ?? null }
}
