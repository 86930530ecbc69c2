import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadProject } from '../scripts/generate/load.js'
import { findStale, generate, writeFiles } from '../scripts/generate/project.js'
import { flatten } from '../scripts/generate/schema.js'
import type { Contract, Validators } from '../src/core/contract.js'
import { MadeUp } from './support/made-up.js'

const PACKAGE = join(import.meta.dirname, '..')
const shop = new MadeUp()

beforeAll(async () => {
  writeFiles(shop.root, await generate(loadProject(shop.root)))
})
afterAll(() => {
  shop.remove()
})

/** A value deep inside parsed JSON. */
function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined), value)
}

test('after an edit of one document, everything is as if all had been generated, and what follows from the others is read', async () => {
  const project = new MadeUp()
  const write = async (edited: readonly string[] | null) => writeFiles(project.root, await generate(loadProject(project.root), undefined, edited)).map(({ file }) => file)
  await write(null)
  expect(await write([])).toEqual([])
  project.edit('openapi/shop.yaml', 'version: 1.0.0', 'version: 1.0.1')
  // Nobody said that this one was edited, which its bundled document tells.
  const written = await write([])
  expect(written).toContain('openapi/bundled/shop.json')
  expect(await write(null)).toEqual([])
  project.edit('src/generated/shop/contract.ts', 'export const contract', 'export const another')
  expect(await write([])).toEqual([])
  expect(await write(['shop'])).toEqual(['src/generated/shop/contract.ts'])
  project.remove()
})

describe('the bundled document', () => {
  let document: unknown
  const answer = (path: string, method: string, status: string) => at(document, 'paths', path, method, 'responses', status, 'content', 'application/json')

  beforeAll(() => {
    document = JSON.parse(shop.read('openapi/bundled/shop.json'))
  })

  test('lists the success and every failure of an operation, by HTTP status', () => {
    expect(at(answer('/items/{id}', 'get', '200'), 'schema')).toEqual({
      oneOf: [
        { $ref: '#/components/schemas/ShopGetItemSuccess' },
        { $ref: '#/components/schemas/BadFailure' },
        { $ref: '#/components/schemas/MovedFailure' },
      ],
    })
    expect(at(answer('/items/{id}', 'get', '400'), 'schema')).toEqual({ $ref: '#/components/schemas/BadFailure' })
  })

  test('keeps an answer that the author wrote, beside the failures with its status', () => {
    expect(at(answer('/items/{id}', 'get', '404'), 'schema')).toEqual({
      anyOf: [{ $ref: '#/components/schemas/Failure' }, { $ref: '#/components/schemas/GoneFailure' }],
    })
    expect(at(answer('/items/{id}', 'get', '404'), 'examples')).toHaveProperty('unknown')
  })

  test('narrows a failure to its code', () => {
    expect(at(document, 'components', 'schemas', 'MovedFailure')).toMatchObject({
      title: 'MOVED',
      required: ['code', 'msg', 'url'],
      properties: { code: { type: 'integer', const: 3 } },
    })
  })

  test('has an example for every failure under its constant name, in each of its statuses', () => {
    expect(at(answer('/items/{id}', 'get', '200'), 'examples')).toMatchObject({ pen: {}, BAD: { $ref: '#/components/examples/BAD' } })
    expect(at(answer('/items/{id}', 'get', '400'), 'examples')).toEqual({ BAD: { $ref: '#/components/examples/BAD' } })
    expect(at(document, 'components', 'examples', 'MOVED', 'value')).toEqual({ code: 3, msg: '跳转', url: 'https://shop.example/new' })
  })

  test('takes and answers at one URL what any of its operations does', () => {
    const outer = at(document, 'paths', '/do', 'post')
    expect(at(outer, 'parameters', '0')).toMatchObject({ name: 'act', in: 'query', schema: { enum: ['item/count', 'item/clear'] } })
    expect(at(outer, 'requestBody', 'content', 'application/json', 'schema', 'oneOf')).toHaveLength(2)
    expect(at(outer, 'requestBody', 'content', 'application/json', 'examples')).toHaveProperty('clear')
    // Both successes have code 0, and one of them allows what the other does: a oneOf would refuse such a body.
    expect(at(answer('/do', 'post', '200'), 'schema', 'anyOf')).toEqual([
      { $ref: '#/components/schemas/ShopCountSuccess' },
      { $ref: '#/components/schemas/BadFailure' },
      { $ref: '#/components/schemas/ShopClearSuccess' },
    ])
  })

  test('of plain OpenAPI is the document as it was written', () => {
    const plain: unknown = JSON.parse(shop.read('openapi/bundled/control.json'))
    expect(at(plain, 'components', 'schemas')).toBeUndefined()
  })
})

describe('the contract module', () => {
  test('narrows by code, knows inputs after coercion, and holds the tables', { timeout: 120_000 }, () => {
    for (const file of ['contract', 'reply', 'upload']) cpSync(join(PACKAGE, `src/core/${file}.ts`), shop.path(`src/core/${file}.ts`))
    shop.write('src/probe.ts', PROBE)
    expect(typeErrors(shop.path('src/probe.ts'))).toEqual([])
  })

  test('says what the server needs to know of an operation', async () => {
    const { contract } = await importFrom<{ contract: Contract }>('src/generated/shop/contract.ts')
    expect(contract.errors['BAD']).toEqual({ code: 1, condition: 'invalidRequest', message: 'bad', meaning: { zh: '格式错误', en: 'Malformed' }, status: [200, 400] })
    expect(contract.operations['shopGetItem']).toMatchObject({
      method: 'GET', path: '/items/{id}', routing: { id: '\\d+' }, auth: 'optional', headers: ['x-client'], errors: ['BAD', 'GONE', 'MOVED'],
      fields: { id: { in: 'path', type: 'integer' }, lang: { in: 'query', type: 'string' } },
    })
    expect(contract.operations['shopAddItem']).toMatchObject({
      auth: 'required', roles: ['OWNER'], body: 'application/json', rules: { anyOf: 'ABSENT' },
      fields: { name: { errors: { default: 'BAD', required: 'ABSENT' } }, phone: { type: 'string', numberAsText: true, errors: { required: 'ABSENT' } } },
    })
    expect(contract.operations['shopAddPhoto']).toMatchObject({ body: 'multipart/form-data', fields: { photo: { type: 'unknown' } }, success: { mediaType: 'image/png' } })
    expect(contract.operations['shopCount']).toMatchObject({ path: '/do', select: { parameter: 'act', value: 'item/count' } })
    expect(contract.operations).not.toHaveProperty('shopDo')
  })
})

describe('the validators', () => {
  let validators: Validators
  const broken = (name: keyof Omit<Validators, 'unmatched'>, key: string, value: unknown) => {
    const validate = validators[name][key]
    if (validate === undefined) throw new Error(`no validator ${name}.${key}`)
    return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`)
  }

  beforeAll(async () => {
    ({ validators } = await importFrom<{ validators: Validators }>('src/generated/shop/validators.js'))
  })

  test('report every broken rule of a request', () => {
    expect(broken('fields', 'shopAddItem', { name: '很长的商品名', phone: '1', price: 1 })).toEqual(['/name maxLength', '/phone pattern'])
    expect(broken('fields', 'shopAddItem', { phone: '13800000001' })).toContain(' anyOf')
    expect(broken('fields', 'shopAddPhoto', { photo: 'text' })).toEqual(['/photo type'])
    expect(broken('fields', 'shopAddPhoto', { photo: { name: 'a.png', mediaType: 'image/png', bytes: new Uint8Array() } })).toEqual([])
    expect(broken('headers', 'shopGetItem', {})).toEqual([' required'])
  })

  test('fill in what a request leaves to its default', () => {
    const input = { id: 1 }
    expect(broken('fields', 'shopGetItem', input)).toEqual([])
    expect(input).toEqual({ id: 1, lang: 'zh' })
  })

  test('know the answers of an operation, the failures and what answers an unknown path', () => {
    expect(broken('success', 'shopGetItem', { code: 0, msg: '', data: { id: 1, name: '', price: null } })).toEqual([])
    expect(broken('success', 'shopGetItem', { code: 1, msg: '', data: null })).not.toEqual([])
    expect(broken('failures', 'MOVED', { code: 3, msg: 'moved', url: 'https://shop.example/' })).toEqual([])
    expect(broken('failures', 'MOVED', { code: 3, msg: 'moved', url: 'nowhere' })).toEqual(['/url format'])
    expect(broken('failures', 'GONE', { code: 1, msg: 'gone' })).toEqual(['/code const'])
    expect(validators.unmatched?.({ code: 9, msg: 'unknown' })).toBe(true)
    expect(Object.keys(validators.failures)).not.toContain('OK')
    expect(Object.keys(validators.success)).not.toContain('shopAddPhoto')
  })

  test('know the stored records and the schemas that ask for one', () => {
    expect(broken('records', 'items', { id: 1, name: '', addedAt: '2026-01-01 00:00:00' })).toEqual([])
    expect(broken('records', 'items', { id: 1, name: '', addedAt: '', more: 1 })).not.toEqual([])
    expect(broken('schemas', 'Push', {})).toEqual([' required'])
  })

  test('need no require', () => {
    expect(shop.read('src/generated/shop/validators.js')).not.toContain('require(')
  })
})

test('a property that two parts of a schema describe must be what both say', () => {
  const short = { type: 'object', required: ['a'], properties: { a: { maxLength: 5 } } }
  const long = { type: 'object', required: ['b'], properties: { a: { minLength: 2 }, b: {} } }
  expect(flatten({}, { allOf: [short, long] })).toEqual({
    type: 'object', required: ['a', 'b'], properties: { a: { allOf: [{ maxLength: 5 }, { minLength: 2 }] }, b: {} },
  })
})

test('the registry loads each system when it is asked for', () => {
  expect(shop.read('src/generated/systems.ts')).toContain("shop: () => import('../systems/shop/index.js').then((module) => module.shop),")
})

test('the client knows the types of each system, and its sockets by the channels of its AsyncAPI document', async () => {
  expect(shop.read('src/generated/contracts.ts')).toContain('  shop: { paths: shop.paths; records: shop.Records; sockets: never }')
  const talking = new MadeUp()
  talking.write('openapi/shop.asyncapi.yaml', 'channels: { push: { address: /push }, bell: { address: /bell } }')
  const { files } = await generate(loadProject(talking.root))
  expect(files.get('src/generated/contracts.ts')).toContain("sockets: 'shopPush' | 'shopBell' }")
  expect(findStale(talking.root, { files, problems: [] })).toContainEqual({ file: 'src/generated/contracts.ts', why: 'missing' })
  talking.remove()
})

test('generating twice gives the same bytes', async () => {
  expect(findStale(shop.root, await generate(loadProject(shop.root)))).toEqual([])
})

test('the command says what is stale and, told to check, writes nothing', () => {
  const stale = new MadeUp()
  const output = failing(() => run('generate', '--root', stale.root, '--check'))
  expect(output).toContain('openapi/bundled/shop.json: missing')
  expect(readdirSync(stale.path('openapi'))).not.toContain('bundled')
  run('generate', '--root', stale.root)
  expect(run('generate', '--root', stale.root, '--check')).toContain('0 stale')
  stale.remove()
})

test('the collection that stands for users is called so or says so, and only one does', async () => {
  const project = new MadeUp()
  const typed = async () => /user: (.*);/.exec((await generate(loadProject(project.root))).files.get('src/generated/shop/contract.ts') ?? '')?.[1]
  expect(await typed()).toBe('object')
  project.edit('fixtures/shop/schema.yaml', '\nitems:', '\nusers: { type: object }\nitems:')
  expect(await typed()).toBe('Records["users"]')
  project.edit('fixtures/shop/schema.yaml', 'items:\n', 'items:\n  x-user: true\n')
  expect(await typed()).toBe('Records["items"]')
  project.edit('fixtures/shop/schema.yaml', 'users: { type: object }', 'users: { type: object, x-user: true }')
  expect((await generate(loadProject(project.root))).problems).toEqual(['openapi/shop.yaml: x-user: true stands at users and items; the records of one collection stand for users'])
  project.remove()
})

test('a document with a problem is named, and the others are generated', async () => {
  const half = new MadeUp()
  half.edit('openapi/shop.yaml', 'x-errors: [BAD, GONE, MOVED]', 'x-errors: [BAD, GONE, MOVED, NOWHERE]')
  const { files, problems } = await generate(loadProject(half.root))
  expect(problems).toEqual(['openapi/shop.yaml: shopGetItem: x-errors names NOWHERE, which the error table does not have'])
  expect([...files.keys()]).toContain('src/generated/control/contract.ts')
  half.remove()
})

function run(script: string, ...args: string[]): string {
  return execFileSync(process.execPath, ['--import', 'tsx', join(PACKAGE, `scripts/${script}.ts`), ...args], { cwd: PACKAGE, encoding: 'utf8', stdio: 'pipe' })
}

function failing(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return String(at(error, 'stdout'))
  }
  throw new Error('it succeeded')
}

async function importFrom<T>(file: string): Promise<T> {
  return await import(pathToFileURL(shop.path(file)).href) as T
}

function typeErrors(file: string): string[] {
  const { config } = ts.readConfigFile(join(PACKAGE, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: { compilerOptions: object } }
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, PACKAGE)
  const program = ts.createProgram([file], { ...options, typeRoots: [join(PACKAGE, 'node_modules/@types')] })
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

/** Compiles only if the generated types are right; `@ts-expect-error` is what must not compile. */
const PROBE = `
import { contract, type components, type ErrorName, type operations, type Operations, type Records } from './generated/shop/contract.js'
import { contract as control, type Operations as Control } from './generated/control/contract.js'
import { validators } from './generated/shop/validators.js'
import { conditions, type Advice, type Condition } from './generated/conditions.js'
import type { RawBody } from './core/reply.js'

type Body = operations['shopGetItem']['responses'][200]['content']['application/json']
export function read(body: Body): string | null {
  if (body.code === 3) return body.url
  // @ts-expect-error the url belongs to code 3
  if (body.code === 1) return body.url
  // @ts-expect-error no failure of this operation has code 4
  if (body.code === 4) return null
  const code: 0 = body.code
  return code === body.code ? body.data.name : null
}

export const get: Operations['shopGetItem']['input'] = { id: 1, lang: 'zh' }
// @ts-expect-error a default is there
export const bare: Operations['shopGetItem']['input'] = { id: 1 }
export const headers: Operations['shopGetItem']['headers'] = { 'x-client': 'app' }
export const payload: Operations['shopGetItem']['payload'] = { id: 1, name: '', price: null }
export const phone: string = ({} as Operations['shopAddItem']['input']).phone
export const nothing: Operations['shopClear']['payload'] = null
export const bytes: Uint8Array = ({} as Operations['shopAddPhoto']['input']).photo.bytes
export const raw: RawBody = {} as Operations['shopAddPhoto']['payload']
export const error: Operations['shopAddItem']['error'] = 'ABSENT'
// @ts-expect-error this operation does not list it
export const other: Operations['shopAddItem']['error'] = 'GONE'
export const name: ErrorName = 'OK'
export const record: Records['items'] = { id: 1, name: '', addedAt: '' }
export const code: 2 = contract.errors.GONE.code
export const known: components['schemas']['ErrorCode'] = 4
// @ts-expect-error the table has no such code
export const unknown: components['schemas']['ErrorCode'] = 9
export const none: Record<never, never> = control.errors
export const up: boolean = ({} as Control['getHealth']['success']).up
export const condition: Condition = 'notFound'
export const advice: Advice = conditions[condition].advice
export const valid: boolean = validators.success['shopGetItem']?.({}) ?? false
`
