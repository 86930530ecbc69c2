/** What the bundled documents tell beyond what the generated contract does: which fields an answer may have, and which questions are open. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject } from '../../plain/json.js'
import { lazily } from '../../plain/lazily.js'
import type { SchemaObject } from '../../plain/map-schema.js'
import { stepsOf, stepsOfFragment } from '../../plain/pointer.js'
import type { AnswerValidators, Contract } from '../contract.js'
import type { DeclaredHeader, IsDocumented } from './finding.js'
import { type DriftQuestion, questionsIn, type Telling } from './questions.js'

type Node = Readonly<Record<string, unknown>>

/** What one document tells. */
export interface DriftDocument {
  readonly isDocumented: IsDocumented
  /** @returns the headers that the contract declares for an answer with this status */
  readonly headersOf: (operation: string, status: number) => readonly DeclaredHeader[]
  /** @returns whether the contract declares, for this status, an answer without JSON, and this is one: empty, or of the type that it says */
  readonly isDeclaredPlain: (operation: string, status: number, body: { readonly mediaType: string; readonly isEmpty: boolean }) => boolean
  /** @returns validators that tell of everything that is wrong with an answer; null where there is no document to make them of */
  validators(contract: Contract): Promise<AnswerValidators | null>
  /** @returns the open questions that a difference may answer */
  questionsOf(telling: Telling): readonly DriftQuestion[]
}

const NOTHING: DriftDocument = { isDocumented: () => true, headersOf: () => [], isDeclaredPlain: () => false, validators: () => Promise.resolve(null), questionsOf: () => [] }

/** The documents of all systems, read when the first one of a system is asked for. */
export class DriftDocuments {
  readonly #folder: string
  readonly #systems = new Map<string, DriftDocument | Promise<DriftDocument>>()

  /** @param folder the folder with one bundled document per system */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** @returns what the system's document tells; nothing where it has none */
  of(system: string): DriftDocument | Promise<DriftDocument> {
    return this.#systems.get(system) ?? this.#read(system)
  }

  #read(system: string): Promise<DriftDocument> {
    const reading = read(join(this.#folder, `${system}.json`)).then((document) => {
      this.#systems.set(system, document)
      return document
    })
    this.#systems.set(system, reading)
    return reading
  }
}

async function read(file: string): Promise<DriftDocument> {
  const text = await readFile(file, 'utf8').catch(() => null) // a system need not be shipped with its document
  const document: unknown = text === null ? null : JSON.parse(text)
  if (!isObject(document)) return NOTHING
  const operations = new Map(operationsOf(document).map((node) => [String(node['operationId']), node]))
  const known = new Map<string, boolean>()
  const declared = new Map<string, { readonly node: Node; readonly headers: readonly DeclaredHeader[] }>()
  const responseOf = (operation: string, status: number) => {
    const key = `${operation} ${String(status)}`
    const before = declared.get(key)
    if (before !== undefined) return before
    const responses = operations.get(operation)?.['responses']
    const node = isObject(responses) ? followed(document, responses[String(status)]) : null
    if (node === null) return null
    const response = { node, headers: headersIn(document, node) }
    // There are no more of them than the document declares.
    declared.set(key, response)
    return response
  }
  let validators: (() => Promise<AnswerValidators>) | null = null
  return {
    isDocumented: (operation, pointer) => {
      const key = `${operation} ${pointer}`
      let found = known.get(key)
      if (found === undefined) {
        const node = operations.get(operation)
        found = node === undefined || knows(document, bodiesOf(document, node), stepsOf(pointer))
        // Whatever a backend calls its fields, only so many of them are remembered, and no long ones.
        if (known.size < MOST_KNOWN && key.length <= LONGEST_KNOWN) known.set(key, found)
      }
      return found
    },
    isDeclaredPlain: (operation, status, { mediaType, isEmpty }) => {
      const response = responseOf(operation, status)?.node ?? null
      const types = isObject(response?.['content']) ? Object.keys(response['content']) : []
      if (response === null || types.some((type) => /[/+]json$/.test(type))) return false
      return types.length === 0 ? isEmpty : types.includes(mediaType.split(';', 1)[0]?.trim().toLowerCase() ?? '')
    },
    headersOf: (operation, status) => responseOf(operation, status)?.headers ?? NO_HEADERS,
    validators: (contract) => {
      validators ??= lazily(async () => (await import('./whole.js')).wholeValidators(document as SchemaObject, contract)) // it was read from JSON
      return validators()
    },
    questionsOf: questionsIn(document),
  }
}

const MOST_KNOWN = 10_000
const LONGEST_KNOWN = 200

function operationsOf(document: Node): readonly Node[] {
  const paths = isObject(document['paths']) ? Object.values(document['paths']) : []
  const nodes = paths.flatMap((path) => (isObject(path) ? Object.values(path) : [])).filter(isObject)
  // One path may have several operations, chosen by a parameter.
  const chosen = nodes.flatMap((node) => (isObject(node['x-operations']) ? Object.values(node['x-operations']) : [])).filter(isObject)
  return [...nodes, ...chosen].filter((node) => typeof node['operationId'] === 'string')
}

/** The schemas of all JSON answers of an operation. */
function bodiesOf(document: Node, operation: Node): readonly Node[] {
  const responses = isObject(operation['responses']) ? Object.values(operation['responses']) : []
  return responses.flatMap((response) => {
    const content = followed(document, response)?.['content']
    const json = isObject(content) ? content['application/json'] : undefined
    return isObject(json) && isObject(json['schema']) ? [json['schema']] : []
  })
}

const NO_HEADERS: readonly DeclaredHeader[] = []

function headersIn(document: Node, { headers }: Node): readonly DeclaredHeader[] {
  return isObject(headers) ? Object.entries(headers).flatMap(([name, header]) => headerOf(name, followed(document, header))) : NO_HEADERS
}

function headerOf(name: string, header: Node | null): readonly DeclaredHeader[] {
  if (header === null) return []
  const schema = isObject(header['schema']) ? header['schema'] : {}
  return [{ name: name.toLowerCase(), isRequired: header['required'] === true, only: typeof schema['const'] === 'string' ? schema['const'] : null, form: typeof schema['pattern'] === 'string' ? new RegExp(schema['pattern'], 'u') : null, mayBeEmpty: !(Number(schema['minLength']) > 0) }]
}

/** Whether one of the schemas knows the place; alternatives are taken together, so that nothing is called unknown that some answer has. */
function knows(document: Node, schemas: readonly Node[], steps: readonly string[]): boolean {
  const [step, ...rest] = steps
  if (step === undefined) return true
  const parts = schemas.flatMap((schema) => partsOf(document, schema))
  if (parts.some((part) => isOpen(part, step))) return true
  const inner = parts.flatMap((part) => {
    const properties = part['properties']
    const next = step === '*' ? [part['items'], ...(Array.isArray(part['prefixItems']) ? (part['prefixItems'] as unknown[]) : [])] : [isObject(properties) && Object.hasOwn(properties, step) ? properties[step] : undefined]
    return next.filter((one) => one !== undefined)
  })
  if (inner.length === 0) return false
  // `true` as a schema takes anything.
  return inner.includes(true) || knows(document, inner.filter(isObject), rest)
}

/** A schema says nothing about the fields of an object that it does not describe at all. */
function isOpen(part: Node, step: string): boolean {
  const { properties, additionalProperties, patternProperties, items, type } = part
  if (step === '*') return items === undefined && part['prefixItems'] === undefined && [type].flat().includes('array')
  if (additionalProperties === true || isObject(additionalProperties) || patternProperties !== undefined) return true
  return properties === undefined && [type].flat().includes('object')
}

const DEEPEST = 20

/** The schema with all that it is made of. */
function partsOf(document: Node, schema: Node, depth = 0): readonly Node[] {
  if (depth > DEEPEST) return []
  const made = ['allOf', 'oneOf', 'anyOf'].flatMap((key) => (Array.isArray(schema[key]) ? (schema[key] as unknown[]) : []))
  const further = [...made, schema['then'], schema['else'], typeof schema['$ref'] === 'string' ? target(document, schema['$ref']) : undefined]
  return [schema, ...further.filter(isObject).flatMap((part) => partsOf(document, part, depth + 1))]
}

function followed(document: Node, node: unknown): Node | null {
  if (!isObject(node)) return null
  const reference = node['$ref']
  const found = typeof reference === 'string' ? target(document, reference) : node
  return isObject(found) ? found : null
}

function target(document: Node, reference: string): unknown {
  let node: unknown = document
  for (const step of stepsOfFragment(reference)) node = isObject(node) ? node[step] : undefined
  return node
}
