import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { checkProject } from '../scripts/check/checks.js'
import { loadProject } from '../scripts/generate/load.js'
import { generate, writeFiles } from '../scripts/generate/project.js'
import { MadeUp } from './support/made-up.js'

let shop: MadeUp

beforeEach(() => {
  shop = new MadeUp()
})
afterEach(() => {
  shop.remove()
})

/** All problems, one text per check that failed. */
async function problemsOf({ root }: MadeUp): Promise<Record<string, string>> {
  const failed = (await checkProject(root)).filter((check) => check.problems.length > 0)
  return Object.fromEntries(failed.map((check) => [check.name, check.problems.join('\n')]))
}

async function regenerate({ root }: MadeUp): Promise<void> {
  writeFiles(root, await generate(loadProject(root)))
}

test('a project that keeps the convention has no problems', async () => {
  await regenerate(shop)
  expect(await problemsOf(shop)).toEqual({})
})

test('a file that was not generated again is stale', async () => {
  await regenerate(shop)
  shop.edit('openapi/shop.yaml', 'x-message: gone', 'x-message: no more')
  expect(await problemsOf(shop)).toEqual({ 'generated files are up to date': expect.stringContaining('openapi/bundled/shop.json: changed') as string })
})

test('a generated file that nothing generates any more is stale', async () => {
  await regenerate(shop)
  shop.write('src/generated/old/contract.ts', '')
  expect(await problemsOf(shop)).toEqual({ 'generated files are up to date': 'src/generated/old/contract.ts: no longer generated; run npm run generate' })
})

describe('it finds', () => {
  const CASES: readonly [title: string, file: string, from: string, to: string, check: string, problem: string][] = [
    ['an error that no operation lists', 'openapi/shop.yaml', 'x-errors: [BAD, GONE, MOVED]', 'x-errors: [BAD, MOVED]', 'error tables are complete and used', 'no operation lists GONE'],
    ['a refinement to what nobody knows', 'openapi/shop.yaml', 'x-message: gone', 'x-message: gone, x-refine: [{ when: { operations: [shopNothing] }, condition: vanished }]', 'error tables are complete and used', 'GONE is refined to vanished, which conditions.yaml does not have\nshop: GONE is refined for shopNothing, which is no operation'],
    ['an unknown condition', 'openapi/shop.yaml', 'x-condition: notFound', 'x-condition: lost', 'error tables are complete and used', 'GONE means lost, which conditions.yaml does not have'],
    ['an error of a field that its operation does not list', 'openapi/shop.yaml', 'x-errors: { default: BAD', 'x-errors: { default: GONE', 'error tables are complete and used', 'shopAddItem: name breaks default with GONE'],
    ['a wrong example of an answer', 'openapi/shop.yaml', 'data: { id: 1, name: 钢笔', 'data: { id: one, name: 钢笔', 'examples are valid', 'example pen: /data/id must be integer'],
    ['a wrong example of a request', 'openapi/shop.yaml', "phone: '13800000001'", "phone: '138'", 'examples are valid', 'example pen: /phone must match pattern'],
    ['a wrong example in a schema', 'openapi/shop/item.yaml', 'examples: [钢笔]', 'examples: [1]', 'examples are valid', 'schema Name, example 0: must be string'],
    ['a missing provenance', 'openapi/shop.yaml', '      x-provenance: implied\n', '', 'operations are described', 'shopAddItem: x-provenance must be one of'],
    ['a missing security', 'openapi/shop.yaml', '      security: [{ token: [] }]\n', '', 'operations are described', 'shopAddItem: security must say the auth level'],
    ['a summary in one language', 'openapi/shop.yaml', '上传照片 · Upload a photo', 'Upload a photo', 'operations are described', 'shopAddPhoto: summary must be Chinese · English'],
    ['a name without its system', 'openapi/shop.yaml', 'operationId: shopClear', 'operationId: clear', 'operations are described', 'clear: operationId must begin with shop'],
    ['a success without an example', 'openapi/shop.yaml', '              example: { code: 0, msg: ok, data: null }\n', '', 'operations are described', 'shopAddItem: its success has no example'],
    ['a schema that nothing uses', 'openapi/shop.yaml', '      x-validator: true\n', '', 'nothing is left over or half said', 'components.schemas.Push is never used'],
    ['a difference of a kind that there is not', 'openapi/shop.yaml', 'x-provenance: added', 'x-provenance: added\n      x-drift: [{ kind: otherStatus }]', 'nothing is left over or half said', 'there is no kind "otherStatus"'],
    ['a difference that is about an error that there is not', 'openapi/shop.yaml', '{ kind: otherStatus }', '{ kind: otherStatus }, { kind: behaviour, backend: NOBODYS }', 'nothing is left over or half said', 'there is no backend "NOBODYS"'],
    ['a decision that cannot be put before anyone', 'openapi/shop.yaml', 'x-provenance: added', 'x-provenance: added\n      x-decision: [{ topic: Form }]', 'nothing is left over or half said', 'lacks says, reading'],
    ['a document that Redocly refuses', 'openapi/shop.yaml', '  license: { name: MIT, identifier: MIT }\n', '', 'Redocly accepts the documents, handwritten and bundled', 'info-license'],
    ['a record of the wrong type', 'fixtures/shop/world.json', '"id":1', '"id":"1"', 'fixtures are valid', 'world.json: items[0] /id must be integer'],
    ['a record with an unknown key', 'fixtures/shop/world.json', '"name":"钢笔"', '"name":"钢笔","size":2', 'fixtures are valid', 'items[0] must NOT have additional properties'],
    ['a malformed session', 'fixtures/shop/world.json', '"sessions":[]', '"sessions":[{"id":"s1"}]', 'fixtures are valid', "sessions[0] must have required property 'userId'"],
    ['a time that is no duration', 'fixtures/shop/scenarios/empty.json', '"description"', '"at":{"$boot":"yesterday"},"description"', 'fixtures are valid', 'scenarios/empty.json: {"$boot":"yesterday"}: $boot must be a duration such as -10d or -P10D'],
    ['a collection that does not exist', 'fixtures/shop/scenarios/full.json', '"put":{"items"', '"put":{"boxes"', 'fixtures are valid', 'scenarios/full.json: there is no collection boxes'],
    ['a record schema that leaves a key open', 'fixtures/shop/schema.yaml', 'required: [id, name, addedAt]', 'required: [id, name]', 'fixtures are valid', 'items.addedAt must be required'],
  ]

  // All are broken in one project, for a run takes seconds. What is generated is brought up to date, so that it is not what is wrong.
  let found: Record<string, string>
  beforeAll(async () => {
    const broken = new MadeUp()
    for (const [, file, from, to] of CASES) broken.edit(file, from, to)
    await regenerate(broken)
    found = await problemsOf(broken)
    broken.remove()
  })

  test.each(CASES)('%s', (_title, _file, _from, _to, check, problem) => {
    expect(found[check]).toContain(problem)
  })

  test('nothing else', () => {
    expect(Object.keys(found)).not.toContain('the walls stand')
    expect(Object.keys(found)).not.toContain('generated files are up to date')
  })
})

test('it finds a name that the error table does not have', async () => {
  shop.edit('openapi/shop.yaml', 'x-errors: [BAD, GONE, MOVED]', 'x-errors: [BAD, GONE, MOVED, NOWHERE]')
  await regenerate(shop)
  expect(await problemsOf(shop)).toMatchObject({ 'the documents can be read and generated from': expect.stringContaining('x-errors names NOWHERE') as string })
})

test('it finds every breach of a wall', async () => {
  shop.write('openapi/bakery.yaml', shop.read('openapi/shop.yaml').replaceAll('shop', 'bakery').replaceAll('bakery/item', 'shop/item'))
  shop.write('src/core/a.ts', "// what the shop wants\nexport const delivery = 'shopping: an item of the shop'\n")
  shop.write('src/core/b.ts', "import { createServer } from 'node:http'\nexport const path = `/shop/${String(createServer)}`\nexport type T = { shop: string }\n")
  shop.write('src/control/b.ts', "export const first = 'shopAddItem'\n")
  shop.write('src/systems/bakery/index.ts', "import { shop } from '../shop/index.js'\nexport const bakery = shop\n")
  shop.write('src/cli/start.ts', "export const help = 'start shop: the shop alone'\nexport const only = 'shop'\nimport '../contract/shop.js'\n")
  shop.write('src/errors/index.ts', "import { contract } from '../generated/errors.js'\nimport { open } from 'node:fs'\nexport { contract, open }\n")
  shop.write('src/core/c/d.ts', "// import { Server } from 'node:http'\nimport { delivery } from '../a.js'\nimport type {\n  IncomingMessage,\n} from 'node:http'\nexport type Wires = [IncomingMessage, typeof import('ws'), typeof delivery]\nexport * from '../../hosts/node/call.js'\n")
  await regenerate(shop)
  const { 'the walls stand': walls = '' } = await problemsOf(shop)
  expect(walls.split('\n').map((line) => line.split(': ')[0])).toEqual([
    'src/core/b.ts:1 imports node:http',
    'src/core/c/d.ts:7 imports src/hosts/node/call.js',
    'src/core/c/d.ts:5 imports node:http',
    'src/core/c/d.ts:6 imports ws',
    'src/errors/index.ts:2 imports node:fs',
    'src/cli/start.ts:3 imports a system',
    'src/systems/bakery/index.ts:1 imports another system',
    'src/cli/start.ts:2 names a system',
    'src/control/b.ts:1 names a system',
    'src/core/b.ts:2 names a system',
    'src/core/b.ts:3 names a system',
  ])
})

test('it finds imports that go round in a circle, those of types included', async () => {
  shop.write('src/core/a.ts', "import { b } from './b.js'\nexport type A = typeof b\n")
  shop.write('src/core/b.ts', "export { c as b } from './deep/c.js'\n")
  shop.write('src/core/deep/c.ts', "export const c: import('../a.js').A | null = null\n")
  shop.write('src/core/d.ts', "// import './d.js'\nimport './a.js'\n")
  await regenerate(shop)
  expect(await problemsOf(shop)).toEqual({ 'no imports go round in a circle': 'src/core/a.ts → src/core/b.ts → src/core/deep/c.ts → src/core/a.ts' })
})
