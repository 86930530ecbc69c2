/** The one document for all systems, as a tool that knows nothing else would read it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { asObject, asObjects, asOptionalObject, parseJson, type Json, type JsonObject } from '../scripts/generate/json.js'
import { isObject } from '../src/plain/json.js'
import { loadProject } from '../scripts/generate/load.js'
import { generate } from '../scripts/generate/project.js'
import { resolve } from '../scripts/generate/schema.js'
import { openapiFolder } from '../src/paths.js'
import { loadSystems } from '../src/systems/load.js'
import { MadeUp } from './support/made-up.js'

const systems = await loadSystems([])
const unified = asObject(parseJson(readFileSync(join(openapiFolder, 'bundled/understudy.json'), 'utf8')), 'understudy.json')

/** Every object in a document. */
function* objectsIn(value: Json): Generator<JsonObject> {
  if (Array.isArray(value)) for (const item of value) yield* objectsIn(item)
  if (!isObject(value)) return
  yield value
  for (const item of Object.values(value)) yield* objectsIn(item)
}

describe('the unified document', () => {
  test('has every operation of every system under its base path', () => {
    const paths = asObject(unified.paths, 'paths')
    for (const { id, contract } of systems) {
      for (const [operation, { method, path, select }] of Object.entries(contract.operations)) {
        const node = asObject(asObject(paths[`/${id}${path}`], operation)[method.toLowerCase()], operation)
        const found = select === null ? node : asObject(asObject(node['x-operations'], operation)[select.value], operation)
        expect(found.operationId).toBe(operation)
      }
    }
  })

  test('has no reference that leads nowhere', () => {
    for (const { $ref } of objectsIn(unified)) if (typeof $ref === 'string') expect(resolve(unified, { $ref }), $ref).toBeDefined()
  })

  test('has the components, tags and security schemes of no system mixed up with those of another', () => {
    const names = Object.values(asObject(unified.components, 'components')).flatMap((section) => Object.keys(asObject(section, 'section')))
    const isShared = (name: string) => ['Condition', 'Advice'].includes(name)
    expect(names.filter((name) => !isShared(name) && !systems.some(({ id }) => name.startsWith(`${id}.`)))).toEqual([])
    const schemes = Object.keys(asObject(asObject(unified.components, 'components').securitySchemes, 'securitySchemes'))
    const tags = asObjects(unified.tags, 'tags').map(({ name }) => name)
    for (const { security, tags: used, operationId } of objectsIn(unified.paths ?? {})) {
      if (typeof operationId !== 'string') continue
      for (const level of asObjects(security, operationId)) for (const name of Object.keys(level)) expect(schemes).toContain(name)
      expect(tags).toEqual(expect.arrayContaining(used as string[]))
    }
  })

  test('says for every condition which code each system has for it', () => {
    const table = asObject(unified['x-error-schemes'], 'x-error-schemes')
    const rows = systems.flatMap(({ id, contract }) => Object.entries(contract.errors).map(([name, { code, condition, status }]) => ({ id, condition, name, code, status })))
    const told = Object.entries(table).flatMap(([condition, schemes]) => Object.entries(asObject(schemes, condition)).flatMap(([id, list]) => asObjects(list, id).map((row) => ({ id, condition, ...row }))))
    expect(told).toHaveLength(rows.length)
    expect(told).toEqual(expect.arrayContaining(rows))
    expect(asObject(unified.info, 'info').description).toContain('| `smsCodeInvalid` | 603 |  | 25 | 4011 | 3 `VALIDATION_CODE_INVALID` |')
  })

  test('explains every condition that an error table names', () => {
    const { oneOf } = asObject(asObject(asObject(unified.components, 'components').schemas, 'schemas').Condition, 'Condition')
    const explained = asObjects(oneOf, 'Condition').map((row) => row.const)
    for (const { contract } of systems) for (const { condition } of Object.values(contract.errors)) expect(explained).toContain(condition)
  })
})

describe('of a project with a mistake', () => {
  const shop = new MadeUp()
  afterEach(() => {
    shop.remove()
  })

  test('there is none, rather than one with a system missing', async () => {
    expect([...(await generate(loadProject(shop.root))).files.keys()]).toContain('openapi/bundled/understudy.json')
    shop.edit('openapi/shop.yaml', 'x-condition: notFound', 'x-condition: 1')
    const { files, problems } = await generate(loadProject(shop.root))
    expect(problems).not.toEqual([])
    expect(asOptionalObject(Object.fromEntries([...files]), 'files')).not.toHaveProperty(['openapi/bundled/understudy.json'])
  })
})
