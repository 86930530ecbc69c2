/** The error tables of all systems in one small module, for `src/errors`: what an app needs to read any answer. */
import { asObject, asOptionalObject, asStrings, type Json, type JsonObject } from './json.js'
import { isObject } from '../../src/plain/json.js'
import { flatten, listedValues, resolveObject } from './schema.js'
import { isJson } from './spell-out.js'
import type { Dialect, ErrorEntry, System } from './system.js'

/** The text of `src/generated/errors.ts`, without its heading. Systems without a dialect have no table. */
export function errorTablesModule(systems: readonly System[]): string {
  const tables = systems.flatMap((system) => (system.dialect === null ? [] : [{ system, table: tableOf(system, system.dialect) }]))
  return `import type { Table } from '../errors/table.js'

/** CONSTANT_NAMEs by system. */
export interface ErrorNames {
${tables.map(({ system }) => `  ${system.id}: ${union(system.errors.map(({ name }) => name))}`).join('\n')}
}

/** Codes by system. */
export interface ErrorCodes {
${tables.map(({ system }) => `  ${system.id}: ${[...new Set(system.errors.map(({ code }) => code))].join(' | ')}`).join('\n')}
}

/** operationIds by system. */
export interface OperationIds {
${tables.map(({ system }) => `  ${system.id}: ${union(system.operations.map(({ id }) => id))}`).join('\n')}
}

export const tables: { readonly [S in keyof ErrorNames]: Table<ErrorNames[S]> } = {
${tables.map(({ system, table }) => `  ${system.id}: ${table},`).join('\n')}
}
`
}

function tableOf(system: System, dialect: Dialect): string {
  const raw = system.operations.filter(({ success }) => !isJson(success.mediaType)).map(({ id }) => id)
  const rows = system.errors.map((error) => {
    const row: Json[] = [error.code, error.condition, error.meaning.zh, error.meaning.en]
    const marks = marksOf(system, error)
    const refinements: Json[] = error.refinements.map(({ condition, when }) => ({ condition, ...when }))
    if (marks !== null || refinements.length > 0) row.push(marks ?? {})
    if (refinements.length > 0) row.push(refinements)
    return `      ${error.name}: ${JSON.stringify(row)},\n`
  })
  const failing = system.errors.map(({ name, status }) => [name, status.filter((one) => one >= 400)] as const).filter(([, statuses]) => statuses.length > 0)
  return `{
    code: ${JSON.stringify(dialect.code)},
    success: ${JSON.stringify(dialect.success)},
    failing: ${JSON.stringify(Object.fromEntries(failing))},
    unmatched: ${JSON.stringify(unmatchedKeys(system, dialect))},
    raw: ${JSON.stringify(raw)},
    errors: {
${rows.join('')}    },
  }`
}

/** What the answer to an unknown path is known by where it has no code. */
function unmatchedKeys({ document }: System, { code, unmatched }: Dialect): string[] {
  if (unmatched === null) return []
  const { content } = resolveObject(document, { $ref: unmatched }, unmatched)
  const { schema } = asObject(asOptionalObject(content, unmatched)['application/json'] ?? {}, unmatched)
  const keys = schema === undefined ? [] : asStrings(flatten(document, asObject(schema, unmatched)).required ?? [], unmatched)
  return keys.includes(code) ? [] : keys
}

/** What the body of an error says beside a code that has several meanings: the other properties with one possible value. */
function marksOf(system: System, error: ErrorEntry): JsonObject | null {
  const namesakes = system.errors.filter(({ code, name }) => code === error.code && name !== error.name)
  if (namesakes.length === 0) return null
  const own = constants(system, error)
  const others = namesakes.map((namesake) => constants(system, namesake))
  return Object.fromEntries(Object.entries(own).filter(([key, value]) => others.some((other) => other[key] !== value)))
}

function constants({ document, dialect }: System, { failure }: ErrorEntry): JsonObject {
  const schema = flatten(document, { $ref: `#/components/schemas/${failure}` })
  const properties = Object.entries(isObject(schema.properties) ? schema.properties : {}).filter(([key]) => key !== dialect?.code)
  return asObject(Object.fromEntries(properties.flatMap(([key, property]) => {
    const values = listedValues(document, property)
    return values?.length === 1 && values[0] !== undefined ? [[key, values[0]]] : []
  })), failure)
}

function union(names: readonly string[]): string {
  return names.length === 0 ? 'never' : names.map((name) => `'${name}'`).join(' | ')
}
