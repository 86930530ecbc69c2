/** Where a JSON pointer leads, in words that a person knows the contract by. */
import { stepsOfFragment } from '../../plain/pointer.js'
import { isObject, itemsOf, type Json, type JsonObject, objectOf, textOf } from '../../plain/json.js'

/** Steps that say nothing to a reader. */
const SILENT = ['schema', 'content', 'properties', 'responses', 'components', 'schemas', 'paths', 'items']

/**
 * @param pointer of Redocly: `#/components/schemas/LiveUser/properties/bio`
 * @returns `LiveUser.bio`, or `GET /auth/code parameters.mobile`
 */
export function placeOf(document: JsonObject, pointer: string): string {
  const steps = stepsOfFragment(pointer)
  const names: string[] = []
  let node: Json | undefined = document
  for (const step of steps) {
    node = Array.isArray(node) ? itemsOf(node)[Number(step)] : objectOf(node)[step]
    names.push(nameOf(node, step))
  }
  const [section, path = '', method = '', ...rest] = names
  const inside = (list_: readonly string[]) => list_.filter((name) => !SILENT.includes(name) && !/^application\/[\w+.-]+$/.test(name)).join('.')
  if (section !== 'paths') return inside(names)
  return `${method.toUpperCase()} ${path} ${inside(rest)}`.trim()
}

/** A parameter is known by its name, not by its number. */
function nameOf(node: Json | undefined, step: string): string {
  return /^\d+$/.test(step) && isObject(node) && typeof node.name === 'string' ? textOf(node.name) : step
}
