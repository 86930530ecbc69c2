/** Ajv's code for all bodies of a system, compiled ahead of time and made compact, as one plain ES module. */
import type { Ajv2020, Options } from 'ajv/dist/2020.js'
import standalone from 'ajv/dist/standalone/index.js'
import { compile } from './ajv.js'
import { compact, Compacted, RUNTIME } from './compact.js'
import { headerNames, headerSchema } from './contract.js'
import { readInput } from './input.js'
import { asObject, asOptionalObject, asString, childObject, ContractError, type Json, type JsonObject } from './json.js'
import { checking, componentSchemas, createAjv, schemaKey } from '../../src/core/schemas.js'
import { FIRST_MOMENT, LAST_MOMENT } from '../../src/core/clock.js'
import { isObject } from '../../src/plain/json.js'
import { resolveObject } from './schema.js'
import { mapSchema } from '../../src/plain/map-schema.js'
import { successName } from '../../src/plain/schema-names.js'
import { isJson } from './spell-out.js'
import { failuresOf, type Dialect, type ErrorEntry, type System } from './system.js'

/** JSON Schemas by group of `Validators` and by name in it. */
type Groups = Readonly<Record<string, JsonObject>>

/** What is validated in one way: with these options of Ajv. */
interface Part {
  readonly options: Options
  readonly groups: Groups
}

/**
 * Everything that a system validates. What a request is checked with fills in defaults and reports every broken rule; what a record is held to
 * fills in defaults, so that a new field is no edit of every fixture and every snapshot.
 */
interface Parts {
  readonly requests: Part
  readonly answers: Part
  readonly stored: Part
}

/**
 * The schemas of a system's validators.
 * @param spelledOut the document of `spellOut`.
 * @param records JSON Schemas by collection; their references point into the document.
 */
export function validatorParts(system: System, spelledOut: JsonObject, records: JsonObject): Parts {
  const { operations } = system
  const withHeaders = operations.filter((operation) => headerNames(operation).length > 0)
  const withJson = operations.filter(({ success }) => isJson(success.mediaType))
  const unmatched = unmatchedSchema(system, spelledOut)
  return {
    requests: {
      options: { allErrors: true, useDefaults: true },
      groups: {
        fields: Object.fromEntries(operations.map((operation) => [operation.id, readInput(spelledOut, operation).schema])),
        headers: Object.fromEntries(withHeaders.map((operation) => [operation.id, headerSchema(operation)])),
      },
    },
    answers: {
      options: {},
      groups: {
        success: Object.fromEntries(withJson.map((operation) => [operation.id, reference(successName(operation.id))])),
        failures: Object.fromEntries(failuresOf(system).map((error) => [error.name, failureCheck(system.dialect, error)])),
        unmatched: unmatched === null ? {} : { '': unmatched },
        schemas: Object.fromEntries(markedSchemas(spelledOut).map((name) => [name, reference(name)])),
      },
    },
    stored: { options: { useDefaults: true }, groups: { records: Object.fromEntries(Object.entries(records).map(([name, schema]) => [name, withinReach(schema)])) } },
  }
}

/**
 * Writes the module of a system's validators, an ES module without `require`; its parts are each in a scope of their own.
 * @param spelledOut the document of `spellOut`.
 * @param records JSON Schemas by collection; their references point into the document.
 * @param compacted what was made for this system before
 * @throws ContractError in Ajv's words if a schema is not valid, or has a keyword or a format that nobody knows.
 */
export function validatorsOf(system: System, spelledOut: JsonObject, records: JsonObject, compacted = new Compacted()): string {
  const parts = Object.entries(validatorParts(system, spelledOut, records)) as [keyof Parts, Part][] // the keys of an object with exactly these
  const imports = new Map<string, string>()
  const blocks = parts.map(([part, { options, groups }]) => {
    const { ajv, keys } = compiled(spelledOut, groups, { ...options, code: { source: true, lines: true } })
    return `const ${part} = ${block(standalone.default(ajv, keys), imports, compacted)}`
  })
  const table = parts.flatMap(([part, { groups }]) => Object.entries(groups).map(([group, schemas]) => {
    if (group !== 'unmatched') return tableOf(part, group, Object.keys(schemas))
    return `  unmatched: ${Object.keys(schemas).length === 0 ? 'null' : `${part}[${JSON.stringify(schemaKey(group, ''))}]`},`
  }))
  compacted.turn()
  return [...[...imports.values()].sort(), RUNTIME, ...blocks, `export const validators = {\n${table.join('\n')}\n}`].join('\n\n')
}

/** What moments are written in, and how many milliseconds one of it has. */
const UNITS: Readonly<Record<string, number>> = { milliseconds: 1, seconds: 1000 }

/**
 * A record's numbers stay within what the code can carry, so that none that is written from outside breaks the calls that come upon it: whole
 * numbers within what is counted exactly, and those that `x-moment` says are moments within the years that can be written down.
 */
function withinReach(schema: Json): Json {
  return mapSchema(schema, (node) => {
    if (![node.type].flat().includes('integer') || node.enum !== undefined) return node
    const moment = node['x-moment']
    const unit = moment === undefined ? undefined : UNITS[asString(moment, 'x-moment')]
    if (moment !== undefined && unit === undefined) throw new ContractError(`x-moment: ${JSON.stringify(moment)} is none of ${Object.keys(UNITS).join(', ')}`)
    const [minimum, maximum] = unit === undefined ? [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] : [FIRST_MOMENT / unit, LAST_MOMENT / unit]
    return { minimum, maximum, ...node }
  })
}

/** The same as the failure's component, but with what all failures have in common compiled once. */
function failureCheck(dialect: Dialect | null, { failure, code }: ErrorEntry): JsonObject {
  return dialect === null ? {} : { ...reference(failure), properties: { [dialect.code]: { const: code } } }
}

function unmatchedSchema(system: System, document: JsonObject): Json | null {
  const $ref = system.dialect?.unmatched
  if ($ref === undefined || $ref === null) return null
  const response = resolveObject(document, { $ref }, 'x-dialect.unmatched')
  const media = Object.entries(asOptionalObject(response.content, $ref)).find(([mediaType]) => isJson(mediaType))
  return media === undefined ? null : (asObject(media[1], $ref).schema ?? null)
}

function markedSchemas(document: JsonObject): string[] {
  const schemas = componentSchemas(document)
  return Object.keys(schemas).filter((name) => isObject(schemas[name]) && schemas[name]['x-validator'] === true)
}

function reference(schemaName: string): JsonObject {
  return { $ref: `#/components/schemas/${schemaName}` }
}

/**
 * Compiles all schemas of some groups; every component they use is compiled once and shared.
 * @returns Ajv, and the key in it of each schema by `schemaKey(group, name)`
 */
export function compiled(document: JsonObject, groups: Groups, options: Options): { readonly ajv: Ajv2020; readonly keys: Record<string, string> } {
  const ajv = createAjv(document, { ...options, inlineRefs: false })
  const keys: Record<string, string> = {}
  for (const [group, schemas] of Object.entries(groups)) {
    for (const [name, schema] of Object.entries(schemas)) {
      const key = schemaKey(group, name)
      const code = withDefaults(checking(schema), schema)
      // A mere reference needs no function of its own.
      const target = Object.keys(code).length === 1 ? code.$ref : undefined
      if (target === undefined) ajv.addSchema(code, key)
      keys[key] = typeof target === 'string' ? target : key
    }
  }
  for (const key of Object.values(keys)) compile(ajv, key)
  return { ajv, keys }
}

/** The defaults of an object's own fields are filled in. Deeper ones are not: Ajv can fill in some of them only. */
export function withDefaults(code: JsonObject, schema: Json): JsonObject {
  const fields = isObject(schema) && isObject(schema.properties) ? Object.entries(schema.properties) : []
  for (const [name, field] of fields) {
    if (isObject(field) && field.default !== undefined) childObject(childObject(code, 'properties'), name).default = field.default
  }
  return code
}

/** Puts Ajv's CommonJS into a scope of its own, with every `require` turned into an import at the top of the module. */
function block(code: string, imports: Map<string, string>, compacted: Compacted): string {
  const body = code.replaceAll(/require\("([^"]+)"\)(?:\.default)?/g, (_, path: string) => {
    const name = path.replaceAll(/^.*\//g, '')
    imports.set(path, path.endsWith('/formats')
      ? `import * as ${name} from ${JSON.stringify(`${path}.js`)}`
      : `import ${name}Module from ${JSON.stringify(`${path}.js`)}\nconst ${name} = ${name}Module.default ?? ${name}Module`)
    return name
  })
  return `(function (exports) {\n${withoutUnusedSchemas(compact(body, compacted))}\nreturn exports\n})({})`
}

/** Ajv writes down every schema it compiled; few are looked at when validating. */
function withoutUnusedSchemas(code: string): string {
  const uses = new Map<string, number>()
  for (const [name] of code.matchAll(/\bschema\d+\b/g)) uses.set(name, (uses.get(name) ?? 0) + 1)
  return code.replaceAll(/^const (schema\d+) = .*;\n/gm, (line, name: string) => (uses.get(name) === 1 ? '' : line))
}

function tableOf(variable: string, group: string, names: readonly string[]): string {
  const rows = names.map((name) => `    ${JSON.stringify(name)}: ${variable}[${JSON.stringify(schemaKey(group, name))}],\n`)
  return rows.length === 0 ? `  ${group}: {},` : `  ${group}: {\n${rows.join('')}  },`
}
