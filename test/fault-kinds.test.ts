import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
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
