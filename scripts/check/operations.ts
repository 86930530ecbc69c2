/** What a person who reads a document may expect of every operation. */
import { asOptionalObject, type Json, type JsonObject } from '../generate/json.js'
import { isObject } from '../../src/plain/json.js'
import type { Project } from '../generate/load.js'
import { resolve } from '../generate/schema.js'
import { isJson } from '../generate/spell-out.js'
import type { Operation, System } from '../generate/system.js'

const CHINESE = /\p{Script=Han}/u
const PROVENANCES = ['seed', 'implied', 'added']

/** The rules that operations of a project break. Names and provenance are asked of systems only, not of plain OpenAPI. */
export function checkOperations({ systems }: Project): string[] {
  return systems.flatMap(({ system }) => {
    const ids = system.operations.map(({ id }) => id)
    const twice = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} occurs twice`)
    const problems = system.operations.flatMap((operation) => checkOperation(system, operation).map((problem) => `${operation.id}: ${problem}`))
    return [...twice, ...problems].map((problem) => `${system.id}: ${problem}`)
  })
}

function checkOperation(system: System, operation: Operation): string[] {
  const { node, id } = operation
  const ofSystem = system.dialect === null ? [] : [
    id.startsWith(system.id) && /^[A-Z]/.test(id.slice(system.id.length)) ? null : `operationId must begin with ${system.id}`,
    typeof node['x-provenance'] === 'string' && PROVENANCES.includes(node['x-provenance']) ? null : `x-provenance must be one of ${PROVENANCES.join(', ')}`,
  ]
  const problems = [
    ...ofSystem,
    /^[a-z][A-Za-z0-9]*$/.test(id) ? null : 'operationId must be lowerCamelCase',
    securityOf(system, operation) === undefined ? 'security must say the auth level' : null,
    Array.isArray(node.tags) && node.tags.length === 1 ? null : 'it must have one tag',
    isBilingual(node.summary, ' · ') ? null : 'summary must be Chinese · English',
    isBilingual(node.description, '\n\n') ? null : 'description must be Chinese and English, parted by a blank line',
    hasExample(system.document, successContent(system.document, operation)) ? null : 'its success has no example',
    hasExample(system.document, textBody(system.document, operation)) ? null : 'its request body has no example',
  ]
  return problems.filter((problem) => problem !== null)
}

/** Chinese before the last separator, none after it. */
function isBilingual(text: Json | undefined, separator: string): boolean {
  if (typeof text !== 'string') return false
  const parts = text.trim().split(separator)
  const [first = ''] = parts
  const last = parts.at(-1) ?? ''
  return parts.length > 1 && CHINESE.test(first) && /[A-Za-z]/.test(last) && !CHINESE.test(last.replaceAll(/`[^`]*`/g, ''))
}

function successContent(document: JsonObject, { node, success }: Operation): JsonObject | undefined {
  if (!isJson(success.mediaType)) return undefined
  return asOptionalObject(resolve(document, asOptionalObject(node.responses, 'responses')[String(success.status)]), 'response')
}

/** A system says it on every operation, where a reader looks for it; plain OpenAPI may say it once. */
function securityOf(system: System, { node }: Operation): Json | undefined {
  return system.dialect === null ? (node.security ?? system.document.security) : node.security
}

/** The request body, unless it carries files, of which a text can give no example. */
function textBody(document: JsonObject, { node }: Operation): JsonObject | undefined {
  const body = resolve(document, node.requestBody)
  return isObject(body) && !Object.hasOwn(asOptionalObject(body.content, 'content'), 'multipart/form-data') ? body : undefined
}

/** Whether each media type of a body has an example; what has no body needs none. */
function hasExample(document: JsonObject, node: Json | undefined): boolean {
  const body = resolve(document, node)
  if (!isObject(body)) return true
  return Object.values(asOptionalObject(body.content, 'content')).every((media) => {
    return isObject(media) && (media.example !== undefined || Object.keys(asOptionalObject(media.examples, 'examples')).length > 0)
  })
}
