/** Where a document asks something that only the backend team can answer: its decisions, codes that stand for faults, operations that nobody asked for. */
import { asObjects, asOptionalObject, type Json, type JsonObject } from './json.js'
import { isObject } from '../../src/plain/json.js'
import { locate, type ErrorEntry, type Operation, type System } from './system.js'

/** Conditions whose cause lies outside of any request, so that no honest call ends in them: a fault of the server or of a service behind it. */
export const FAULTS: readonly string[] = ['internal', 'networkError', 'maintenance', 'smsSendFailed', 'thirdPartyFailed', 'callFailed']

/** The key of a question's number in an operation or a row of the error table, and in a decision. */
export const NUMBER = 'x-question'
export const DECISION_NUMBER = 'question'

/** The key at the root of a document: how many numbers were ever given. It never goes back, so that no number is given twice. */
export const GIVEN = 'x-questions'

/** What a number stands for. `about`: an operationId, a constant, a schema; null: the system as a whole. */
export type Asked =
  | { readonly kind: 'reading'; readonly about: string | null; readonly node: JsonObject }
  | { readonly kind: 'fault'; readonly about: string; readonly node: JsonObject; readonly error: ErrorEntry }
  | { readonly kind: 'added'; readonly about: string; readonly node: JsonObject; readonly operation: Operation }

/**
 * Everything that a document asks, in the order in which it is put before the backend team.
 * @returns the nodes of `system.document` themselves; none for plain OpenAPI
 * @throws ContractError where the document does not follow the convention
 */
export function askedIn(system: System): Asked[] {
  const { document, dialect } = system
  if (dialect === null) return []
  const schemas = asOptionalObject(asOptionalObject(document.components, 'components').schemas, 'schemas')
  const table = asOptionalObject(schemas.ErrorCode, 'ErrorCode')
  const rows = asObjects(table.oneOf ?? table.anyOf, 'ErrorCode')
  return [
    ...decisionsIn(document, null),
    ...system.errors.filter(({ condition }) => FAULTS.includes(condition)).flatMap((error): Asked[] => {
      const node = rows.find(({ title }) => title === error.name)
      return node === undefined ? [] : [{ kind: 'fault', about: error.name, node, error }]
    }),
    ...system.operations.filter(({ node }) => node['x-provenance'] === 'added').map((operation): Asked => {
      return { kind: 'added', about: operation.id, node: locate(document, operation), operation }
    }),
  ]
}

/** The number under which something is asked, as `edu-q12`; null where it has none yet. */
export function numberOf({ kind, node }: Asked): string | null {
  const number = node[kind === 'reading' ? DECISION_NUMBER : NUMBER]
  return typeof number === 'string' ? number : null
}

/** Every decision below a node; `about` is what the node is part of. */
function decisionsIn(node: Json | undefined, about: string | null): Asked[] {
  if (Array.isArray(node)) return node.flatMap((item) => decisionsIn(item, about))
  if (!isObject(node)) return []
  const owner = ownerOf(node) ?? about
  const own = asObjects(node['x-decision'], 'x-decision').map((decision): Asked => ({ kind: 'reading', about: owner, node: decision }))
  const inner = Object.entries(node).filter(([key]) => key !== 'x-decision').flatMap(([key, item]) => {
    if (key !== 'schemas') return decisionsIn(item, owner)
    return Object.entries(asOptionalObject(item, key)).flatMap(([name, schema]) => decisionsIn(schema, name))
  })
  return [...own, ...inner]
}

/** An operation is called by its id, a row of the error table by its constant. */
function ownerOf(node: JsonObject): string | null {
  if (typeof node.operationId === 'string') return node.operationId
  return node['x-condition'] !== undefined && typeof node.title === 'string' ? node.title : null
}
