/** The kinds of faults, as `components.schemas.FaultKind` of `openapi/control.yaml` lists them: the table of their records, and what people are asked and told. */
import type { Bilingual } from '../../src/plain/bilingual.js'
import { isObject } from '../../src/plain/json.js'
import { asList, asNumber, asObject, asObjects, asOptionalObject, asString, asStringMap, asStrings, ContractError, type Json, type JsonObject } from './json.js'
import { componentName, resolveObject } from './schema.js'

const LIST = 'FaultKind'
const TYPES = ['integer', 'number', 'boolean', 'string']
const CHOICES = ['errors', 'conditions']
/** `{min}` and `{milliseconds as span}` in the words for a fault. */
const PLACE = /\{(\w+)(?: as span)?\}/g
/** A name of a file that is a name of code as well, once its dashes are gone. */
const KIND = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/

interface Kind {
  readonly kind: string
  readonly reference: string
  readonly schema: JsonObject
  readonly properties: JsonObject
}

/** @returns whether the document has faults */
export function hasFaults(document: JsonObject): boolean {
  return schemasOf(document)[LIST] !== undefined
}

/**
 * The text of `src/generated/fault-kinds.ts`, without its heading: the record of each kind is in the file of its name.
 * @throws ContractError where the list and the schemas do not agree
 */
export function faultKindsModule(document: JsonObject): string {
  const kinds = kindsOf(document, LIST, all(document)).map(({ kind }) => kind)
  const rule = asOptionalObject(asOptionalObject(schemasOf(document).NetworkRule, 'NetworkRule').properties, 'NetworkRule')
  const networks = kindsOf(document, 'NetworkRule', asObject(rule.fault, 'NetworkRule.fault')).map(({ kind }) => kind)
  const unknown = networks.find((kind) => !kinds.includes(kind))
  if (unknown !== undefined) throw new ContractError(`NetworkRule may have ${unknown}, which is no ${LIST}`)
  return `${kinds.map((kind) => `import { ${codeName(kind)} } from '../core/faults/${kind}.js'\n`).join('')}
/** The records of all kinds of faults, by kind. */
export const faultTable = {
${kinds.map((kind) => `  ${codeName(kind) === kind ? '' : `'${kind}': `}${codeName(kind)},\n`).join('')}} as const

/** The kinds that a network may have. */
export const networkKinds = [${networks.map((kind) => `'${kind}'`).join(', ')}] as const
`
}

/**
 * The text of `src/generated/control/faults.ts`, without its heading: plain data, in the order of the alternatives.
 * @throws ContractError where a kind does not say what people are to be asked and told
 */
export function faultFormsModule(document: JsonObject): string {
  const kinds = kindsOf(document, LIST, all(document))
  const order = alternatives(all(document), LIST)
  const sorted = kinds.toSorted((a, b) => order.indexOf(a.reference) - order.indexOf(b.reference))
  const spans = kinds.map(({ kind, properties }): [string, Json] => [kind, Object.keys(properties).filter((name) => asOptionalObject(properties[name], name)['x-unit'] === 'milliseconds')])
  return `import type { FaultForm } from '../../core/faults/form.js'

/** The kinds of faults for people, in the order in which they are offered. */
export const faultForms = ${JSON.stringify(sorted.map(formOf), null, 2)} as const satisfies readonly FaultForm[]

/** Fields that are milliseconds, by kind. */
export const faultSpans = ${JSON.stringify(Object.fromEntries(spans.filter(([, names]) => asList(names, 'names').length > 0)), null, 2)} as const
`
}

/** The kinds of a list of alternatives, in the order of its mapping. */
function kindsOf(document: JsonObject, where: string, list: JsonObject): readonly Kind[] {
  const mapping = Object.entries(asStringMap(asOptionalObject(list.discriminator, where).mapping, `${where}: mapping`))
  const listed = alternatives(list, where)
  const mapped = mapping.map(([, reference]) => reference)
  const half = [...listed, ...mapped].find((reference) => !listed.includes(reference) || !mapped.includes(reference))
  if (half !== undefined) throw new ContractError(`${where}: ${componentName(half) ?? half} has to stand in oneOf and in the mapping of the discriminator`)
  return mapping.map(([kind, reference]) => {
    const schema = resolveObject(document, { $ref: reference }, `${where}: ${kind}`)
    const properties = asObject(schema.properties, `${where}: ${kind}: properties`)
    if (!KIND.test(kind)) throw new ContractError(`${where}: ${JSON.stringify(kind)} cannot be the name of a file; write it like cut-off`)
    if (asOptionalObject(properties.kind, kind).const !== kind) throw new ContractError(`${where}: the schema of ${kind} has to say that this is its kind`)
    return { kind, reference, schema, properties }
  })
}

function all(document: JsonObject): JsonObject {
  return asObject(schemasOf(document)[LIST], LIST)
}

function alternatives(list: JsonObject, where: string): readonly string[] {
  return asObjects(list.oneOf, `${where}: oneOf`).map(({ $ref }) => asString($ref, `${where}: oneOf`))
}

function formOf({ kind, schema, properties }: Kind): JsonObject {
  const required = asStrings(schema.required, `${kind}: required`)
  const fields = Object.entries(properties).flatMap(([name, node]) => {
    const property = asObject(node, `${kind}.${name}`)
    if (property.title !== undefined) return [fieldOf(`${kind}.${name}`, name, property, required.includes(name))]
    if (name !== 'kind' && required.includes(name)) throw new ContractError(`${kind}.${name} is required and needs a title, by which the console asks for it`)
    return []
  })
  return { kind, title: halves(`${kind}: title`, schema.title), words: asList(schema['x-words'], `${kind}: x-words`).map((words) => wordsOf(kind, words, properties)), fields, keys: Object.keys(properties) }
}

function fieldOf(where: string, name: string, { type, title, minimum, maximum, examples, default: usual, 'x-choices': choices }: JsonObject, required: boolean): JsonObject {
  const text = asString(type, `${where}: type`)
  if (!TYPES.includes(text)) throw new ContractError(`${where} has a title, by which the console asks for it, but nobody can type ${text}; there are ${TYPES.join(', ')}`)
  if (choices !== undefined && !CHOICES.includes(asString(choices, `${where}: x-choices`))) throw new ContractError(`${where}: x-choices is one of ${CHOICES.join(', ')}`)
  const first = usual ?? asList(examples, `${where}: examples`)[0]
  return {
    name, type: text, label: { ...halves(`${where}: title`, title) }, required,
    ...(minimum === undefined ? {} : { minimum: asNumber(minimum, `${where}: minimum`) }),
    ...(maximum === undefined ? {} : { maximum: asNumber(maximum, `${where}: maximum`) }),
    ...(first === undefined ? {} : { first }),
    ...(choices === undefined ? {} : { choices }),
  }
}

/** `waits {min} ms`, or `{ when: carriedOut, words: answer lost }`. */
function wordsOf(kind: string, given: Json, properties: JsonObject): JsonObject {
  const where = `${kind}: x-words`
  const { when, words } = isObject(given) ? given : { words: given }
  const text = asString(words, where)
  const needs = [...new Set([...(when === undefined ? [] : [asString(when, where)]), ...[...text.matchAll(PLACE)].map(([, name = '']) => name)])]
  const unknown = needs.find((name) => properties[name] === undefined)
  if (unknown !== undefined) throw new ContractError(`${where}: there is no ${unknown}`)
  return { needs, words: { ...halves(where, text) } }
}

/** Chinese and English, parted as in a summary; what has no parts is said in both languages. */
function halves(where: string, given: Json | undefined): Readonly<Record<keyof Bilingual, string>> {
  const [zh = '', en = zh, ...more] = asString(given, where).split(' · ')
  if (more.length > 0) throw new ContractError(`${where}: write Chinese · English`)
  return { zh, en }
}

function schemasOf(document: JsonObject): JsonObject {
  return asOptionalObject(asOptionalObject(document.components, 'components').schemas, 'schemas')
}

function codeName(kind: string): string {
  return kind.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
