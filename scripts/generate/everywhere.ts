/** What a handwritten document says once and has for many operations: where else a token may lie, and the header of maintenance. */
import { asObject, asObjects, asOptionalObject, asString, asStringMap, childObject, ContractError, type Json, type JsonObject } from './json.js'
import { resolveObject } from './schema.js'
import { locate, type Operation } from './system.js'

/** In the place of an HTTP status: the answer to a path or a verb that no operation has. */
const UNMATCHED = 'unmatched'

const FORM = 'application/x-www-form-urlencoded'

/**
 * `x-also: { query: name, form: name }` of a security scheme: the query is an alternative of `security` and a parameter, the form field
 * an optional property of the bodies of POST and PUT.
 * @param document is changed
 */
export function addCarriages(document: JsonObject, operations: readonly Operation[]): void {
  const schemes = asOptionalObject(asOptionalObject(document.components, 'components').securitySchemes, 'securitySchemes')
  for (const [name, scheme] of Object.entries(schemes)) {
    const { query, form } = asStringMap(asObject(scheme, name)['x-also'], `${name}: x-also`)
    if (query !== undefined) addQuery(document, operations, name, query)
    if (form !== undefined) addFormField(document, operations, name, form)
  }
}

function addQuery(document: JsonObject, operations: readonly Operation[], scheme: string, name: string): void {
  const components = childObject(document, 'components')
  const other = `${scheme}InQuery`
  const description = `凭证在查询串中，与请求头 ${scheme} 二选一 · The credential in the query, in place of the scheme ${scheme}`
  childObject(components, 'securitySchemes')[other] = { type: 'apiKey', in: 'query', name, description }
  childObject(components, 'parameters')[other] = { name, in: 'query', description, schema: { type: 'string' } }
  for (const node of protectedBy(document, operations, scheme)) {
    node.security = asObjects(node.security, 'security').flatMap((level) => (scheme in level ? [level, { [other]: [] }] : [level]))
    node.parameters = [...asObjects(node.parameters, 'parameters'), { $ref: `#/components/parameters/${other}` }]
  }
}

function addFormField(document: JsonObject, operations: readonly Operation[], scheme: string, name: string): void {
  const field: JsonObject = { type: 'string', description: '凭证，与请求头、查询串任选其一 · The credential, in place of the header or the query' }
  const writing = operations.filter(({ method }) => method === 'post' || method === 'put')
  for (const node of protectedBy(document, writing, scheme)) {
    const body = node.requestBody === undefined ? { required: false, content: { [FORM]: {} } } : structuredClone(resolveObject(document, node.requestBody, 'requestBody'))
    const media = asOptionalObject(asObject(body.content, 'content')[FORM], FORM)
    const { schema } = media
    media.schema = withProperty(schema, name, field)
    node.requestBody = { ...body, content: { [FORM]: media } }
  }
}

function withProperty(schema: Json | undefined, name: string, field: JsonObject): JsonObject {
  const own = asOptionalObject(schema, 'schema')
  if (own.$ref !== undefined) return { allOf: [own, { type: 'object', properties: { [name]: field } }] }
  return { type: 'object', ...own, properties: { ...asOptionalObject(own.properties, 'properties'), [name]: field } }
}

/** The operations, in the document, whose `security` names the scheme. */
function protectedBy(document: JsonObject, operations: readonly Operation[], scheme: string): JsonObject[] {
  return operations.map((operation) => locate(document, operation)).filter((node) => asObjects(node.security, 'security').some((level) => scheme in level))
}

/**
 * `x-answers: { '503': always, '200': possible, unmatched: possible }` of a header component: the answers of every operation that carry it, and
 * whether the answer to unknown paths does.
 * @param document is changed
 */
export function addCommonHeaders(document: JsonObject, operations: readonly Operation[]): void {
  const headers = asOptionalObject(asOptionalObject(document.components, 'components').headers, 'headers')
  const unmatched = asOptionalObject(document['x-dialect'], 'x-dialect').unmatched
  for (const [name, component] of Object.entries(headers)) {
    const { 'x-answers': answers, 'x-name': named, ...header } = asObject(component, name)
    if (answers === undefined) continue
    for (const [status, how] of Object.entries(asStringMap(answers, `${name}: x-answers`))) {
      // Written out where it is optional: generators of types do not look for that behind a reference.
      const written = how === 'always' ? { $ref: `#/components/headers/${name}` } : { ...header, required: false }
      if (status === UNMATCHED) {
        if (unmatched === undefined) throw new ContractError(`${name}: x-answers names ${UNMATCHED}, and x-dialect has no such answer`)
        childObject(resolveObject(document, { $ref: unmatched }, UNMATCHED), 'headers')[asString(named, `${name}: x-name`)] = written
      } else for (const operation of operations) addHeader(document, operation, status, asString(named, `${name}: x-name`), written)
    }
  }
}

function addHeader(document: JsonObject, operation: Operation, status: string, name: string, header: JsonObject): void {
  const { [status]: response } = asObject(locate(document, operation).responses, `${operation.id}: responses`)
  if (response !== undefined) childObject(resolveObject(document, response, `${operation.id}: response ${status}`), 'headers')[name] = header
}
