/** An API that is made up, called in every shape: paths, methods, headers, queries and bodies around each bound, and what its operations hand over, held against its contract portion by portion. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { OperationRow, Validator, Violation } from '../../src/core/contract.js'
import { Unreachable } from '../../src/core/engine/unreachable.js'
import { createAjv } from '../../src/core/schemas.js'
import { Base64Texts } from '../../src/core/sliced-json.js'
import { Pace } from '../../src/core/slices.js'
import type { Call, CallHeaders, ReadBytes } from '../../src/core/stage/call.js'
import { isStreamed, type Outcome, whole } from '../../src/core/stage/outcome.js'
import { answerBy, type Api, Returnable, Stream, type SurfaceTask, WithHeaders } from '../../src/core/surface/api.js'
import { takeBody } from '../../src/core/surface/body.js'
import { refusal } from '../../src/core/surface/refusal.js'
import { surface, withHeaders } from '../../src/core/surface/surface.js'
import type { SchemaObject } from '../../src/plain/map-schema.js'
import { isObject } from '../../src/plain/json.js'
import { WrittenDown } from '../support/written-down.js'

const base: OperationRow = { method: 'GET', path: '/', routing: {}, select: null, tag: 't', summary: 's', auth: 'none', roles: [], provenance: 'seed', errors: [], fields: {}, rules: {}, headers: [], body: null, success: { status: 200, mediaType: 'application/json' } }
const json = { body: 'application/json' } as const
const operations = {
  list: { ...base, path: '/things', fields: { page: { in: 'query', type: 'integer' }, name: { in: 'query', type: 'string' }, all: { in: 'query', type: 'boolean' } }, headers: ['if-match', 'x-count'] },
  add: { ...base, ...json, method: 'POST', path: '/things', fields: { name: { in: 'body', type: 'string' }, size: { in: 'body', type: 'integer' }, dry: { in: 'query', type: 'boolean' } }, success: { status: 201, mediaType: 'application/json' } },
  put: { ...base, ...json, method: 'PUT', path: '/things/{id}', bodyLimit: 1024 * 1024 + 1, fields: { id: { in: 'path', type: 'integer' }, name: { in: 'body', type: 'string' }, deep: { in: 'body', type: 'array' } } },
  patch: { ...base, ...json, method: 'PATCH', path: '/things/{id}', bodyLimit: 1024 * 1024, fields: { id: { in: 'path', type: 'string' } } },
  remove: { ...base, method: 'DELETE', path: '/things/{id}', fields: { id: { in: 'path', type: 'integer' } }, success: { status: 204, mediaType: null } },
  find: { ...base, path: '/search', fields: { where: { in: 'query', type: 'object' }, order: { in: 'query', type: 'string' } } },
  bare: { ...base, path: '/' },
  loose: { ...base, path: '/loose' },
} as const satisfies Readonly<Record<string, OperationRow>>

const ajv = createAjv({ openapi: '3.1.0' }, { allErrors: true, useDefaults: true })
const held = (schema: SchemaObject): Validator => ajv.compile(schema)
const things: SchemaObject = { type: 'object', required: ['name'], properties: { name: { type: 'string' }, items: { type: 'array', items: { type: 'integer' } }, others: { type: 'array', items: { type: 'integer' } }, files: { type: 'object', additionalProperties: { type: 'string' } } } }
const fields = {
  list: held({ type: 'object', properties: { page: { type: 'integer', minimum: 1, default: 1 }, name: { type: 'string', minLength: 1 }, all: { type: 'boolean' } } }),
  add: held({ type: 'object', required: ['name'], properties: { name: { type: 'string', maxLength: 5 }, size: { type: 'integer', maximum: 9 } }, minProperties: 2 }),
  put: held({ type: 'object', properties: { id: { type: 'integer' } } }),
  remove: Object.assign((_: unknown): _ is unknown => false, { errors: null }),
}
const headers = { list: held({ type: 'object', properties: { 'if-match': { type: 'string', pattern: '^"' }, 'x-count': { type: 'string', maxLength: 2 } } }) }

/** @returns what a validator is shown, in short */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return `${String(value.length)} items: ${String(shape(value[0]))} to ${String(shape(value.at(-1)))}`
  if (value instanceof Base64Texts) return Object.fromEntries(Object.entries(value).map(([name, { length }]) => [name, length]))
  if (typeof value === 'string' && value.length > 100) return `${String(value.length)} letters`
  if (!isObject(value)) return value
  const members = Object.entries(value)
  return members.length > 20 ? `${String(members.length)} members` : Object.fromEntries(members.map(([name, one]) => [name, shape(one)]))
}

/** @returns a call that brings these bytes, or fails to */
function call(method: string, url: string, given: CallHeaders = {}, read: ReadBytes | string = '', limits: number[] = []): Call {
  const bytes = typeof read === 'string' ? { kind: 'bytes', bytes: Buffer.from(read) } as const : read
  return {
    method, url, headers: given, remoteAddress: null, isEncrypted: false, signal: new AbortController().signal, whenGone: () => () => undefined,
    body: { isPresent: true, bytes: (limit) => { limits.push(limit); return Promise.resolve(bytes) }, parts: () => Promise.resolve({ kind: 'notMultipart' }) },
  }
}

/** @returns a body; of a long one how long it is, and a hash */
function inShort(body: string | Uint8Array): unknown {
  return body.length < 1000 ? body : [body.length, createHash('sha256').update(body).digest('hex').slice(0, 12)]
}

/** @returns an answer with its body, and of one that comes bit by bit how long its pieces are */
async function arrived({ reply, delivery, afterwards }: Outcome): Promise<unknown> {
  const told = { status: reply.status, headers: reply.headers, ...(delivery.kind === 'whole' ? {} : { delivery }), ...(afterwards === undefined ? {} : { afterwards }) }
  if (!isStreamed(reply)) return { ...told, body: inShort(reply.body) }
  const pieces: string[] = []
  for await (const piece of reply.body) pieces.push(String(piece))
  return { ...told, pieces: pieces.map(({ length }) => length), body: inShort(pieces.join('')) }
}

/** @returns the API with all that it is told of, and what answers calls of it */
function madeUp(carryOut: (operation: string, task: SurfaceTask) => unknown, more: Partial<Api> = {}) {
  const [reports, seen]: [string[], unknown[]] = [[], []]
  const check = held(things)
  const watched = Object.assign((value: unknown): value is unknown => {
    seen.push(shape(value))
    const fits = Array.isArray(value) ? value.every((one) => typeof one === 'number') : check(value)
    watched.errors = fits ? null : (Array.isArray(value) ? [{ instancePath: '', schemaPath: '', keyword: 'type', params: { type: 'integer' } }] : check.errors ?? null)
    return fits
  }, { errors: null as readonly Violation[] | null })
  const silent = Object.assign((_: unknown): _ is unknown => false, { errors: null })
  const api: Api = { name: 'the shop window', prefix: '/window', document: '/window/openapi.yaml', contract: { operations }, validators: { fields, headers, success: { list: watched, add: watched, bare: silent }, failures: {}, unmatched: null, records: {}, schemas: {} }, carryOut: (operation, task) => Promise.resolve(carryOut(operation, task)), report: (problem) => reports.push(problem), pace: new Pace(), mostValues: 1000, ...more }
  const answer = answerBy(api)
  return { api, reports, seen, answer: surface({ name: api.name, headers: { 'x-window': 'open', 'content-type': 'none' }, report: api.report, answer }) }
}

const echo = (operation: string, { input, headers: heads, body }: SurfaceTask) => new Stream('text/plain', (async function* () { await Promise.resolve(); yield JSON.stringify([operation, input, heads, body]) })())

test('where calls go, and what is wrong with their queries, headers and fields', async () => {
  const told = new WrittenDown()
  const { answer, reports } = madeUp(echo)
  const go = async (...given: Parameters<typeof call>) => { const { reply } = await answer(call(...given)); return arrived(whole(reply)) }
  const type = { 'content-type': 'application/json' }
  await told.table('places', go, [['GET', '/window'], ['GET', '/window/'], ['GET', '/window?x=1'], ['GET', '/window/things/'], ['HEAD', '/window/things'], ['PATCH', '/window/things'], ['OPTIONS', '/window/things/5'], ['GET', '/window/no?such=1'], ['GET', '/window/th%69ngs'], ['TRACE', '/window'], ['GET', '/window/things/%'], ['DELETE', '/window/things/5']])
  const many = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${String(i)}`)
  await told.table('queries', go, ['page=2', 'page=x', 'page=0', 'name=', 'page=0&name=', 'all=true', 'all=yes', 'a=%ff', 'pag=1', 'nme=1&zzzzzz=2', 'page=1&page=3', many('zz', 9).join('&'), many('zz', 10).join('&'), many('zz', 12).join('&'), 'toString=1', '__proto__=1', ''].map((query) => ['GET', `/window/things?${query}`] as const))
  await told.table('free queries', go, ['a=1&b=2', 'order=x', 'where=1'].map((query) => ['GET', `/window/search?${query}`] as const))
  await told.table('headers', (given: CallHeaders) => go('GET', '/window/things', given), [{ 'if-match': '"a"' }, { 'if-match': 'a' }, { 'if-match': ['"a"', '"b"'] }, { 'x-count': '123' }, { 'x-count': '123', 'if-match': 'a' }, { 'x-other': 'y' }].map((one: CallHeaders) => [one]))
  const bodies: readonly unknown[] = [{ name: 'abc', size: 5 }, {}, { name: 'abc' }, { name: 'abcdef', size: 10 }, { name: 5, size: '5' }, { nam: 'a', sze: 1, zzzzzz: 2 }, { name: 'a', size: null, toString: 1 }, Object.fromEntries(many('zz', 9).map((name) => [name, 1])), Object.fromEntries(many('zz', 12).map((name) => [name, 1])), [], null, 'x', 5]
  await told.table('fields of bodies', (body: unknown) => go('POST', '/window/things', type, JSON.stringify(body)), bodies.map((one) => [one] as const))
  await told.table('in the query and in the body', (query: string, body: unknown) => go('POST', `/window/things?${query}`, type, JSON.stringify(body)), [['dry=true', { name: 'a' }], ['name=a', { name: 'a' }], ['nme=a', { nme: 'a' }], [many('zz', 8).join('&'), Object.fromEntries(many('yy', 4).map((name) => [name, 1]))]])
  await told.table('records, whose fields nobody knows here', (id: string, body: unknown) => go('PATCH', `/window/things/${id}`, type, JSON.stringify(body)), [['5', { anything: 1 }], ['a%20b', {}], ['%ff', {}], ['5', { id: 7 }]])
  told.note('reported', reports)
  await told.isThatOf('surface-calls')
})

test('which bodies are read', async () => {
  const told = new WrittenDown()
  const { api } = madeUp(echo)
  const take = async (row: OperationRow, given: CallHeaders, read: ReadBytes | string, mostValues?: number) => {
    const limits: number[] = []
    try {
      const body = await takeBody({ ...api, mostValues: mostValues ?? api.mostValues }, row, call('POST', '/', given, read, limits))
      return { limits, bytes: body.bytes, fields: await body.read() }
    } catch (error) {
      // The engine's own words are not the same in each version of Node.js.
      return { limits, error: error instanceof Error && / JSON: .*(JSON|token|position)/.test(error.message) ? 'no JSON' : error }
    }
  }
  const type = { 'content-type': 'application/json' }
  await told.table('types', (given: CallHeaders) => take(operations.add, given, '{"a":1}'), [{}, type, { 'content-type': 'application/json; charset=utf-8' }, { 'content-type': ' Application/JSON ;x' }, { 'content-type': 'text/plain' }, { 'content-type': '' }, { 'content-type': ';application/json' }, { 'content-type': 'application/jsonx' },
    { ...type, 'content-encoding': 'identity' }, { ...type, 'content-encoding': ' Identity ' }, { ...type, 'content-encoding': 'gzip' }, { ...type, 'content-encoding': '' }, { ...type, 'content-encoding': ['gzip', 'br'] }, { ...type, 'content-encoding': 'x'.repeat(90) }, { 'content-encoding': 'gzip' }].map((one: CallHeaders) => [one]))
  const reads: readonly ReadBytes[] = [{ kind: 'tooLarge' }, { kind: 'brokenOff' }, { kind: 'noRoom', why: 'others fill it' }, { kind: 'bytes', bytes: new Uint8Array() }, { kind: 'bytes', bytes: Buffer.from([0x22, 0xff, 0x22]) }, { kind: 'bytes', bytes: Buffer.from('\ufeff{"a":1}') }]
  for (const [name, row] of Object.entries(operations).slice(0, 4)) await told.table(`taken by ${name}`, (read: ReadBytes) => take(row, type, read), reads.map((one) => [one] as const))
  await told.table('texts', (text: string) => take(operations.add, type, text), ['{}', '{"a":1', '[]', 'null', '1', '"x"', ' {"a":{"b":[1]}} ', '{"a":1}}', '{"__proto__":1}', '周', '{"a":"周"}'].map((one) => [one] as const))
  const nested = (levels: number) => `{"deep":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
  for (const [name, row] of [['an operation', operations.add], ['one that takes more', operations.put], ['one that takes as much as is usual', operations.patch]] as const) {
    await told.table(`levels of ${name}`, async (levels: number) => { const { error, fields: read } = await take(row, type, nested(levels)); return error ?? Object.keys(read ?? {}) }, [99, 100, 101, 119, 120, 121].map((one) => [one] as const))
  }
  const long = (count: number) => `{"filler":"${'x'.repeat(256 * 1024)}","list":[${Array.from({ length: count }, () => '1').join(',')}]}`
  await told.table('values of a long one', async (count: number) => { const { error, bytes, fields: read } = await take(operations.put, type, long(count), 20); return error ?? [bytes, shape(read?.['list'])] }, [1, 12, 13, 14, 15, 16, 17, 18].map((one) => [one] as const))
  await told.isThatOf('surface-bodies')
})

test('what operations hand over, and how it is held against the contract', async () => {
  const told = new WrittenDown()
  const count = (length: number, wrong = -1) => Array.from({ length }, (_, i) => (i === wrong ? 'wrong' : i))
  const lists = [count(0), count(1), count(499), count(500), count(501), count(999), count(1000), count(1001), count(1500, 0), count(1500, 499), count(1500, 500), count(1500, 999), count(1500, 1000), count(1500, 1499)]
  const from = async (payload: unknown, url = '/window/things') => {
    const { answer, reports, seen } = madeUp(() => payload)
    const outcome = await answer(call(url === '/window/things' ? 'GET' : 'POST', url === '/window/things' ? url : '/window/things', { 'content-type': 'application/json' }, url === '/window/things' ? '' : '{"name":"a","size":1}'))
    return [seen, reports, await arrived(outcome)]
  }
  told.part('lists')
  for (const list of lists) await told.try(`${String(list.length)}${list.includes('wrong') ? ` with a wrong one at ${String(list.indexOf('wrong'))}` : ''}`, () => from(list))
  told.part('lists in objects')
  for (const [items, others] of [[0, 0], [500, 500], [501, 1], [501, 500], [501, 501], [1501, 501], [501, 1501], [1000, 1001]] as const) await told.try(`${String(items)} and ${String(others)}`, () => from({ name: 'n', items: count(items), others: count(others) }))
  await told.try('a wrong one in the second portion', () => from({ name: 'n', items: count(501, 500), others: count(501) }))
  await told.try('a wrong one in the third portion of the second', () => from({ name: 'n', items: count(501), others: count(1001, 1000) }))
  await told.try('without what has to be there', () => from({ items: count(1001), others: [] }))
  told.part('files')
  const MIB = 1024 * 1024
  const files = (...sizes: readonly number[]) => new Base64Texts(new Map(sizes.map((size, i) => [`f${String(i)}`, Buffer.alloc(size, 'x')])))
  for (const sizes of [[], [1], [3 * MIB, 5 * MIB], [3 * MIB, 5 * MIB, 1], [9 * MIB, 1], [1, 9 * MIB]]) {
    await told.try(sizes.join(' and '), async () => { const [seen, reports] = await from({ name: 'n', files: files(...sizes) }); return [seen, reports] })
  }
  await told.try('beside a long list', async () => { const [seen, reports] = await from({ name: 'n', items: count(1001), files: files(5 * MIB, 5 * MIB) }); return [seen, reports] })
  await told.try('alone', async () => { const [seen, reports] = await from(files(5 * MIB, 5 * MIB)); return [seen, reports] })
  told.part('other values')
  for (const value of [null, 5, 'text', {}, { name: 5 }, { name: 'n', items: ['a', 'b'] }, { name: 'n', more: count(501) }, undefined]) await told.try(JSON.stringify(value ?? 'nothing').slice(0, 40), () => from(value))
  await told.try('of another status', () => from({ name: 5 }, '/other'))
  await told.try('nothing, with another status', () => from(undefined, '/other'))
  for (const path of ['/window/', '/window/loose']) await told.try(path, async () => { const { answer, reports, seen } = madeUp(() => ({ any: 'thing' })); return [await arrived(await answer(call('GET', path))), reports, seen] })

  told.part('long ones')
  const letters = (length: number) => ({ name: 'x'.repeat(length) })
  for (const length of [1024 * 1024 - 12, 1024 * 1024 - 11, 1024 * 1024, 2_000_000]) {
    await told.try(`a text of ${String(length)}`, () => from(letters(length)))
    await told.try(`texts of ${String(length)} together`, () => from({ name: 'n', others: [], texts: Array.from({ length: 10 }, () => 'y'.repeat(Math.floor(length / 10))) }))
  }
  await told.try('a wrong one', async () => from({ name: 5, texts: [letters(2_000_000)] }))
  await told.try('many small ones', async () => from({ name: 'n', more: Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`f${String(i)}`, 'some text that is not long'])) }))

  told.part('with more around it')
  const stream = () => (async function* () { await Promise.resolve(); yield 'one'; yield Buffer.from('two') })()
  await told.try('headers', () => from(new WithHeaders({ name: 'n' }, { 'x-a': '1', 'content-type': 'other' })))
  await told.try('headers of what is wrong', () => from(new WithHeaders({ name: 5 }, { 'x-a': ['1', '2'], 'understudy-violation': 'mine' })))
  await told.try('headers of nothing', () => from(new WithHeaders(undefined, { 'x-a': '1' })))
  await told.try('a stream', () => from(new Stream('text/x', stream())))
  await told.try('a stream with headers', () => from(new WithHeaders(new Stream('text/x', stream(), { 'x-a': '1', 'content-type': 'mine' }), { 'x-a': '2', 'x-b': '3' })))
  const back = (payload: unknown, most: number) => new Returnable(payload, most, (tooMuch) => refusal(507, 'no-room', `It would be ${tooMuch}.`))
  for (const most of [20, 21, 22, 23, 24, 25, 26, 27, 28]) await told.try(`to be brought back, ${String(most)} bytes at the most`, () => from(back({ name: 'n', items: [1] }, most)))
  for (const most of [99, 100, 101]) await told.try(`to be brought back, ${String(most * 10)} values`, () => from(back({ name: 'n', items: count(most * 10 - 8) }, 1e9)))
  for (const length of [994, 995, 996, 997, 998]) await told.try(`to be brought back, a list of ${String(length)}`, () => from(back(count(length), 1e9)))
  await told.try('to be brought back, long', () => from(back(letters(2_000_000), 1e9)))
  await told.try('to be brought back, with headers', () => from(new WithHeaders(back({ name: 5 }, 1e9), { 'x-a': '1' })))
  await told.try('to be brought back, and made of what cannot be written', () => from(back({ name: 'n', toJSON: () => { throw new TypeError('a bug') } }, 1e9)).then((all) => JSON.stringify(all).replace(/\\n.*/s, '')))
  await told.isThatOf('surface-answers')
})

test('large bodies are worked off one after another, and others go by', async () => {
  const told = new WrittenDown()
  let lines: string[] = []
  const ends = new Map<unknown, () => void>()
  const { answer } = madeUp(async (_, { input: { id } }) => {
    lines.push(`${String(id)} begins`)
    await new Promise<void>((resolve) => ends.set(id, resolve))
    lines.push(`${String(id)} ends`)
  })
  const ask = async (id: number, bytes: number) => answer(call('PUT', `/window/things/${String(id)}`, { 'content-type': 'application/json' }, `{"name":"${'x'.repeat(bytes - 11)}"}`))
  const asked = [ask(1, 65_537), ask(2, 65_537), ask(3, 65_536), ask(4, 65_537), ask(5, 20)]
  const until = async (what: string, count: number) => {
    await expect.poll(() => lines.length).toBe(count)
    told.note(what, lines.sort())
    lines = []
  }
  await until('at first', 3)
  for (const id of [1, 2]) {
    ends.get(id)?.()
    await until(`when ${String(id)} may end`, 2)
  }
  for (const id of [3, 5, 4]) {
    ends.get(id)?.()
    await until(`when ${String(id)} may end`, 1)
  }
  await Promise.all(asked)
  await told.isThatOf('surface-large')
})

test('what goes wrong behind a surface', async () => {
  const told = new WrittenDown()
  const reports: string[] = []
  const plain = (text: string) => text.replace(/\n.*/s, '')
  const failing = (error: Error) => surface({ name: 'the shop window', headers: { 'x-window': 'open', 'x-own': 'surface' }, report: (problem) => reports.push(plain(problem)), answer: () => Promise.reject(error) })
  const errors: readonly Error[] = [refusal(404, 'no-such-path', 'Look elsewhere.', { known: ['a'] }, { 'x-own': 'refusal', allow: 'GET' }), refusal(507, 'no-room', 'r'), new Unreachable('Redis is gone'), new Error('a bug'), new TypeError('')]
  for (const error of errors) await told.try(String(error), async () => arrived(await failing(error)(call('GET', '/'))))
  told.note('reported', reports)
  told.note('with headers', withHeaders({ reply: { status: 200, headers: { a: '1' }, body: 'x', length: 1 }, delivery: { kind: 'cut', at: 'body' }, afterwards: () => undefined }, { a: '2', b: '3' }))
  await told.isThatOf('surface-failures')
})
