/**
 * An AsyncAPI document in the words of OpenAPI, so that frames are compared as requests and answers are: what a client sends is a request
 * body, what the server sends is an answer. Where the channels are and how one connects stands in `x-channels` and `x-servers`.
 */
import { at, itemsOf, type Json, type JsonObject, objectOf, textOf } from '../../plain/json.js'
import { stepsOfFragment } from '../../plain/pointer.js'

/** Whether a document is AsyncAPI 3, written from the server's side. */
export function isAsyncapi(document: JsonObject): boolean {
  return textOf(document.asyncapi).startsWith('3.')
}

/** @returns an OpenAPI document with one path for each operation; the schemas of its frames are its own */
export function asOpenapi(document: JsonObject): JsonObject {
  const components = objectOf(document.components)
  return {
    openapi: '3.1.0',
    info: document.info ?? {},
    paths: Object.fromEntries(Object.entries(objectOf(document.operations)).map(([id, operation]) => [`/${id}`, pathItem(document, id, objectOf(operation))])),
    components: { schemas: components.schemas ?? {}, securitySchemes: components.securitySchemes ?? {} },
    'x-channels': withoutWords(Object.fromEntries(Object.entries(objectOf(document.channels)).map(([name, channel]) => {
      const { messages: _, ...rest } = objectOf(channel) // they are compared where they are sent
      return [name, rest]
    }))),
    'x-servers': withoutWords(document.servers ?? {}),
  }
}

function pathItem(document: JsonObject, id: string, { action, messages, reply, summary, ...operation }: JsonObject): JsonObject {
  const frames = content(document, messages)
  const answered = content(document, objectOf(reply).messages)
  const about: JsonObject = {
    operationId: id,
    summary: summary ?? '',
    'x-provenance': operation['x-provenance'] ?? '',
    'x-channel': objectOf(operation.channel).$ref ?? '',
    responses: { '200': { description: '', content: action === 'send' ? frames : answered } },
  }
  return action === 'send' ? { get: about } : { post: { ...about, requestBody: { required: true, content: frames } } }
}

function content(document: JsonObject, messages: Json | undefined): JsonObject {
  const schemas = itemsOf(messages).map((message) => objectOf(followed(document, message)).payload ?? {})
  const [first = {}, ...others] = schemas
  return { 'application/json': { schema: others.length > 0 ? { oneOf: schemas } : first } }
}

/** What a message is: an operation refers to one of its channel, which refers to a component. */
function followed(document: JsonObject, value: Json | undefined, steps = 0): Json | undefined {
  const reference = textOf(objectOf(value).$ref)
  if (reference === '' || steps > 8) return value
  return followed(document, at(document, ...stepsOfFragment(reference)), steps + 1)
}

function withoutWords(value: Json): Json {
  if (Array.isArray(value)) return itemsOf(value).map(withoutWords)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => !['title', 'summary', 'description'].includes(key)).map(([key, item]) => [key, withoutWords(item)]))
}
