import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { faultFormsModule, faultKindsModule } from '../scripts/generate/faults.js'
import { asObject, parseJson, type JsonObject } from '../scripts/generate/json.js'
import { faultKinds } from '../src/core/faults/kinds.js'
import { openapiFolder } from '../src/paths.js'

interface Schemas {
  readonly [name: string]: { readonly oneOf?: readonly { readonly $ref: string }[]; readonly properties?: { readonly kind?: { readonly const?: string } } }
}

test('the control plane takes just the kinds of faults that there are, each under the schema that its record names', () => {
  const { components } = JSON.parse(readFileSync(join(openapiFolder, 'bundled', 'control.json'), 'utf8')) as { components: { schemas: Schemas } } // its own check says so
  const { schemas } = components
  expect(schemas['FaultKind']?.oneOf?.map(({ $ref }) => $ref.split('/').at(-1)).sort()).toEqual(faultKinds.map(({ schema }) => schema).sort())
  for (const { kind, schema } of faultKinds) expect(schemas[schema]?.properties?.kind?.const).toBe(kind)
})

test('every kind can be asked for on the command line, and each flag makes a fault of its own kind', () => {
  const examples: Readonly<Record<string, string>> = { error: 'SOME_ERROR', code: '603', condition: 'banned', latency: '1s-2s', status: '502', slow: '250ms' }
  for (const { kind, flags } of faultKinds) {
    expect(flags).not.toHaveLength(0)
    for (const flag of flags) expect(flag.read(flag.value === null ? '' : (examples[flag.name] ?? ''))).toMatchObject({ kind })
  }
})

/** The document of the control plane, its schemas and those of two kinds. */
function document() {
  const whole = asObject(parseJson(readFileSync(join(openapiFolder, 'bundled', 'control.json'), 'utf8')), 'control')
  const schema = (parent: JsonObject, name: string) => asObject(parent[name], name)
  const schemas = schema(schema(whole, 'components'), 'schemas')
  const slow = schema(schemas, 'SlowFault')
  return { whole, list: schema(schemas, 'FaultKind'), slow, time: schema(schema(slow, 'properties'), 'milliseconds'), drop: schema(schemas, 'DropFault') }
}

/** Leaves one kind in the list, under this name. */
function leave(list: JsonObject, kind: string, schema: string): void {
  const $ref = `#/components/schemas/${schema}`
  list.oneOf = [{ $ref }]
  list.discriminator = { propertyName: 'kind', mapping: { [kind]: $ref } }
}

test.each([
  ['FaultKind: ErrorFault has to stand in oneOf and in the mapping of the discriminator', ({ list }) => { list.oneOf = [{ $ref: '#/components/schemas/DropFault' }] }],
  ['NetworkRule may have latency, which is no FaultKind', ({ list }) => { leave(list, 'drop', 'DropFault') }],
  ['FaultKind: the schema of slower has to say that this is its kind', ({ list }) => { leave(list, 'slower', 'SlowFault') }],
  ['FaultKind: "Slow" cannot be the name of a file; write it like cut-off', ({ list }) => { leave(list, 'Slow', 'SlowFault') }],
  ['slow.milliseconds is required and needs a title, by which the console asks for it', ({ time }) => { delete time.title }],
  ['slow.milliseconds has a title, by which the console asks for it, but nobody can type array; there are integer, number, boolean, string', ({ time }) => { time.type = 'array' }],
  ['slow.milliseconds: x-choices is one of errors, conditions', ({ time }) => { time['x-choices'] = 'all' }],
  ['slow: x-words: there is no seconds', ({ slow }) => { slow['x-words'] = ['{seconds} s'] }],
  ['drop: x-words: there is no gone', ({ drop }) => { drop['x-words'] = [{ when: 'gone', words: '断开 · dropped' }] }],
  ['drop: title must be a text', ({ drop }) => { delete drop.title }],
  ['drop: title: write Chinese · English', ({ drop }) => { drop.title = '断开 · dropped · gone' }],
] satisfies [string, (planted: ReturnType<typeof document>) => void][])('the generator says: %s', (sentence, plant) => {
  const planted = document()
  plant(planted)
  expect(() => faultKindsModule(planted.whole) + faultFormsModule(planted.whole)).toThrow(sentence)
})
