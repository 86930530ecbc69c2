/** What is said of real answers: right ones, nearly right ones, wrong, deep and huge ones. That nothing of it changes unseen; what must be so, stories say. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'vitest'
import { isNotThere, isUnknownThere, readReply, type ReadReply } from '../../src/core/backends/read.js'
import type { Contract } from '../../src/core/contract.js'
import { nearest, withoutAlternatives } from '../../src/core/drift/alternatives.js'
import { type Both, differencesOf } from '../../src/core/drift/compare.js'
import { type DriftDocument, DriftDocuments } from '../../src/core/drift/documents.js'
import { departuresOf, distinct, type Looked } from '../../src/core/drift/find.js'
import { type DriftKind, driftKinds, type Finding, messageTold, overItems, placeTold, stepTold } from '../../src/core/drift/finding.js'
import { firstValues, withoutAbsence } from '../../src/core/drift/first-values.js'
import { frameFindings } from '../../src/core/drift/frames.js'
import { DriftBook, DriftLedger } from '../../src/core/drift/ledger.js'
import { judge } from '../../src/core/judge.js'
import { openapiFolder } from '../../src/paths.js'
import { isObject } from '../../src/plain/json.js'
import { edu } from '../../src/systems/edu/index.js'
import { im } from '../../src/systems/im/index.js'
import { job } from '../../src/systems/job/index.js'
import { live } from '../../src/systems/live/index.js'
import { trid } from '../../src/systems/trid/index.js'
import { Draw, WrittenDown } from '../support/written-down.js'

const systems = [edu, im, job, live, trid]
const documents = new DriftDocuments(join(openapiFolder, 'bundled'))

const bytesOf = (value: unknown) => Buffer.from(value === undefined ? '' : JSON.stringify(value))
const nested = (levels: number, name = 'a', end = 1): unknown => (levels === 0 ? end : { [name]: nested(levels - 1, name, end) })
const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${String(i)}`, i]))

/** The examples of answers of each operation, as its document has them. */
function* answersOf(system: string): Generator<readonly [operation: string, status: number, body: unknown]> {
  const document: unknown = JSON.parse(readFileSync(join(openapiFolder, 'bundled', `${system}.json`), 'utf8'))
  const member = (value: unknown, ...path: readonly string[]): unknown => path.reduce<unknown>((node, key) => followed(isObject(node) ? node[key] : undefined), value)
  const followed = (node: unknown): unknown => (isObject(node) && typeof node['$ref'] === 'string' ? member(document, ...node['$ref'].slice(2).split('/')) : node)
  const entries = (value: unknown) => (isObject(value) ? Object.entries(value) : [])
  const nodes = entries(member(document, 'paths')).flatMap(([, path]) => entries(path).map(([, node]) => node))
  for (const node of [...nodes, ...nodes.flatMap((one) => entries(member(one, 'x-operations')).map(([, chosen]) => chosen))]) {
    const operation = member(node, 'operationId')
    if (typeof operation !== 'string') continue
    for (const [status, response] of entries(member(node, 'responses'))) {
      for (const [, example] of entries(member(followed(response), 'content', 'application/json', 'examples'))) yield [operation, Number(status), member(followed(example), 'value')]
    }
  }
}

/** Every place in a value: the objects and lists, with a key each. */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => [[...path, key], ...placesIn(one, [...path, key])])
}

const ODD = [null, true, -1, 0, 1.5, 1e12, '', 'text', 'x'.repeat(250), '2026-01-31', [], {}, [1], { a: 1 }] as const

/** The value with one thing in it changed. */
function changed(value: unknown, draw: Draw): readonly [what: string, value: unknown] {
  const copy: unknown = structuredClone(value)
  const places = placesIn(copy)
  const place = places.length === 0 ? [] : draw.of(places)
  const [key, ...before] = [...place].reverse()
  const holder = before.reverse().reduce<unknown>((node, step) => (typeof node === 'object' && node !== null ? Reflect.get(node, step) : undefined), copy)
  if (key === undefined || typeof holder !== 'object' || holder === null) return ['as it is', copy]
  const pointer = `/${place.join('/')}`
  const put = (what: string, name: string, one: unknown): readonly [string, unknown] => {
    Reflect.set(holder, name, one)
    return [`${what} ${pointer}`, copy]
  }
  switch (draw.below(5)) {
    case 0:
      Reflect.deleteProperty(holder, key)
      return [`without ${pointer}`, copy]
    case 1:
      return put('beside', Array.isArray(holder) ? key : draw.of(['new', 'a/b', 'a~b', '1', 'x'.repeat(201), '__other', '周']), draw.of(ODD))
    case 2:
      return put('as text', key, String(Reflect.get(holder, key)))
    default:
      return put('odd', key, draw.of(ODD))
  }
}

function lookedAt(operation: string, read: ReadReply, more: Partial<Looked> = {}): Looked {
  return { operation, read, mediaType: 'application/json', isHead: false, isStreamed: false, isDeclaredPlain: false, callFaults: [], headers: {}, declared: [], ...more }
}

async function findings(contract: Contract, document: DriftDocument, operation: string, status: number, body: unknown): Promise<readonly string[]> {
  const system = systems.find((one) => one.contract === contract) ?? live
  const found = await departuresOf(system, lookedAt(operation, readReply(contract, operation, status, bytesOf(body))), document)
  return found.map(({ kind, pointer, message, error }) => `${kind} ${pointer}: ${message}${error === undefined ? '' : ` (${error})`}`)
}

test('answers of all systems, each as it is and with something changed, are told of as before', async () => {
  const told = new WrittenDown()
  for (const { contract } of systems) {
    const draw = new Draw(7)
    const document = await documents.of(contract.system)
    told.part(`answers of ${contract.system}`)
    const perOperation = new Map<string, number>()
    for (const [operation, status, body] of answersOf(contract.system)) {
      const count = perOperation.get(operation) ?? 0
      perOperation.set(operation, count + 1)
      if (count > 1) continue
      const right = await findings(contract, document, operation, status, body)
      if (right.length > 0) told.note(`${operation} ${String(status)} as it is`, right)
      for (let i = 0; i < 2 - count; i++) {
        const [what, other] = changed(body, draw)
        await told.try(`${operation} ${String(status)} ${what}`, () => findings(contract, document, operation, status, other))
      }
    }
  }
  await told.isThatOf('drift-answers')
})

test('places, findings, headers and media types are told of as before', async () => {
  const told = new WrittenDown()
  const names = ['a', 'a/b', 'a~b', '~1', 'x'.repeat(199), 'x'.repeat(200), 'x'.repeat(201), '']
  await told.table('stepTold', stepTold, names.map((name) => [name] as const))
  const steps = (count: number, name = 'step-of-some-letters') => `/${name}`.repeat(count)
  await told.table('placeTold', placeTold, ['', '/a/0', steps(9), steps(10), steps(14), steps(15), steps(16), steps(17), `/${'x'.repeat(200)}`, `/${'x'.repeat(201)}`, `/a/${'x'.repeat(300)}/b`, '/a'.repeat(99), '/a'.repeat(100), '/a'.repeat(101)].map((place) => [place] as const))
  await told.table('messageTold', messageTold, ['', 'x'.repeat(3999), 'x'.repeat(4000), 'x'.repeat(4001), `${'word '.repeat(790)}${'y'.repeat(100)}`, `${'a,'.repeat(1990)}bcdefghijklmnopqrstuvwxyz0123`, `${'w"'.repeat(1999)}tail`, `${"w'".repeat(1999)}tail`, `${'w;'.repeat(1999)}tail`].map((one) => [one] as const))
  await told.table('overItems', overItems, ['/0', '/a/12/b/3', '/a1/1a', '/12/34', '', '/0x'].map((one) => [one] as const))
  const one = (kind: DriftKind, pointer: string, message: string = kind): Finding => ({ kind, pointer, message })
  await told.table('distinct', distinct, [[[]], [[one('type', '/a', '1'), one('format', '/a', '2'), one('type', '/a', '3'), one('format', '/b'), one('format', '/b', '4'), one('missingField', '/a')]], [[one('format', '/a'), one('type', '/a')]]])

  const declared = [
    { name: 'x-need', isRequired: true, only: null, form: null, mayBeEmpty: true },
    { name: 'x-one', isRequired: false, only: 'this', form: null, mayBeEmpty: true },
    { name: 'x-form', isRequired: false, only: null, form: /^a+$/u, mayBeEmpty: true },
    { name: 'x-full', isRequired: false, only: null, form: null, mayBeEmpty: false },
  ]
  const right = { code: 2000, desc: 'ok' }
  const reading = (status: number, body: unknown) => readReply(live.contract, 'liveSendCode', status, bytesOf(body))
  const departures = async (more: Partial<Looked>, read = reading(200, right)) => departuresOf(live, lookedAt('liveSendCode', read, more), await documents.of('live'))
  await told.table('headers', (headers: Looked['headers']) => departures({ headers, declared }), [[{}], [{ 'x-need': '' }], [{ 'x-need': 'n', 'x-one': 'this', 'x-form': 'aa', 'x-full': 'f' }], [{ 'x-need': 'n', 'x-one': 'that', 'x-form': 'b', 'x-full': '' }], [{ 'x-need': 'n', 'x-form': ['b', 'aaa'], 'x-full': ['', ''] }]])
  await told.table('headers of a failure', (headers: Looked['headers']) => departures({ headers, declared }, reading(200, { code: 4000, desc: 'no' })), [[{}]])
  await told.table('media types', (mediaType: string) => departures({ mediaType }), ['', 'application/json', 'Application/JSON; charset=utf-8', 'application/problem+json', 'application/json ;x', 'application/jsonp', 'text/html', 'text/html; a=b/json', 'json'].map((type) => [type] as const))
  await told.table('ways an answer came', (more: Partial<Looked>, status: number, body: unknown) => departures(more, reading(status, body)), [
    [{ isHead: true }, 200, undefined], [{ isStreamed: true }, 200, undefined], [{ isStreamed: true }, 201, undefined], [{ isDeclaredPlain: true }, 200, undefined], [{ operation: 'none' }, 200, right],
    [{}, 200, undefined], [{}, 200, 'text'], [{}, 200, []], [{}, 200, null], [{}, 201, right], [{}, 200, { code: 9 }], [{}, 200, { code: 'x'.repeat(198) }], [{}, 200, { code: 'x'.repeat(199) }], [{}, 200, { desc: 'no code' }], [{}, 200, { code: 4041, desc: 'x' }], [{}, 500, { code: 4000, desc: 'x' }],
    [{ callFaults: [{ name: 'mobile', says: 'mobile is missing' }, { name: null, says: 'it is wrong' }] }, 200, right], [{ callFaults: [{ name: 'mobile', says: 'mobile is missing' }] }, 200, { code: 4000, desc: 'x' }],
    ...[11, 12, 13, 14].map((levels) => [{}, 200, { ...right, new: nested(levels) }] as [Partial<Looked>, number, unknown]),
    ...[99, 100, 101].map((count) => [{}, 200, { ...right, ...fields(count) }] as [Partial<Looked>, number, unknown]),
  ])
  const channels = (count: number, odd: number) => ({ code: 2000, desc: 'ok', result: { channels: Array.from({ length: count }, (_, i) => (i === odd ? { new: 1 } : {})) } })
  await told.table('items of a list', async (count: number, odd: number) => (await departuresOf(live, lookedAt('liveListChannels', readReply(live.contract, 'liveListChannels', 200, bytesOf(channels(count, odd)))), { isDocumented: (_operation, pointer) => !pointer.endsWith('/new'), validators: () => Promise.resolve(null) })).map(({ kind, pointer }) => `${kind} ${pointer}`), [[1, 0], [50, 49], [51, 50], [51, 49]])
  await told.table('judge', (operation: string | null, status: number, body: unknown, error?: string | null, forced?: boolean, anyStatus?: boolean) => judge(live, operation, { status, body, ...(error === undefined ? {} : { error }), ...(forced === undefined ? {} : { forced }), ...(anyStatus === undefined ? {} : { anyStatus }) }), [
    [null, 404, {}], [null, 404, { code: 4040, desc: 'x' }], ['none', 404, 1], ['liveLogin', 200, right], ['liveLogin', 200, right, null], ['liveSendCode', 201, right, null], ['liveSendCode', 201, right, null, false, true],
    ['liveSendCode', 200, { code: 4011, desc: 'x' }, 'API_INVALID_AUTH_CODE'], ['liveSendCode', 418, { code: 4011, desc: 'x' }, 'API_INVALID_AUTH_CODE', true], ['liveSendCode', 418, { code: 4011, desc: 'x' }, 'API_INVALID_AUTH_CODE', true, true], ['liveSendCode', 200, {}, 'NO_SUCH'], ['liveSendCode', 200, { code: 4011 }],
  ])
  await told.isThatOf('drift-parts')
})

test('two answers to one call are compared as before', async () => {
  const told = new WrittenDown()
  const reply = (json: unknown, error: string | null | undefined = null, status = 200): ReadReply => ({ status, json, error, isLong: false })
  const compare = (stub: ReadReply, real: ReadReply, more: Partial<Both> = {}) => differencesOf(live.contract, { operation: 'liveListChannels', stub, real, sent: {}, isSameData: true, ...more }).map(({ kind, pointer, message, ...rest }) => `${kind} ${pointer}: ${message} ${JSON.stringify(rest)}`)
  const errors = [null, undefined, 'API_OK', 'API_BAD_REQUEST', 'API_UNAUTHORIZED', 'API_INVALID_AUTH_CODE', 'NO_SUCH']
  await told.table('errors', (stub: string | null | undefined, real: string | null | undefined) => compare({ ...reply({}), error: stub }, { ...reply({}), error: real }), errors.flatMap((stub) => errors.map((real) => [stub, real] as const)))
  await told.table('statuses', (error: string | null, stub: number, real: number) => compare(reply({}, error, stub), reply({}, error, real)), [[null, 200, 200], [null, 201, 200], [null, 200, 201], ['API_BAD_REQUEST', 200, 400], ['API_BAD_REQUEST', 400, 200], ['API_BAD_REQUEST', 200, 200], ['API_BAD_REQUEST', 200, 418]])
  const moments = [999_999_999, 1e9, 1e9 + 0.5, 9_999_999_999, 1e10, 1e12 - 1, 1e12, 1e13 - 1, 1e13, '2026-01-31T10:00:00Z', '2026-01-31T10:00Z', '2026-01-31T10:00:00.123+08:00', '2026-01-31T10:00:00+0800', '2026-01-31 10:00:00', '2026-01-31T10:00', '2026-01-31', 'x2026-01-31T10:00:00Z', null]
  await told.table('forms of moments', (stub: unknown, real: unknown) => compare(reply({ createdAt: stub }), reply({ createdAt: real })), moments.flatMap((stub, i) => [[stub, moments[(i + 1) % moments.length]], [stub, moments[(i + 5) % moments.length]]] as const))
  await told.table('several forms in a list', (stub: unknown, real: unknown) => compare(reply(stub), reply(real), { isSameData: false }), [[{ list: [{ t: 1e9 }, { t: 1e12 }] }, { list: [{ t: '2026-01-31T10:00:00Z' }] }], [{ list: [{ t: 1e9 }, { t: 1e12 }] }, { list: [{ t: 1e12 }] }], [[1e9], [1e12]], [['2026-01-31T10:00:00Z'], ['2026-01-31 10:00:00']], [Array.from({ length: 51 }, (_, i) => (i < 50 ? 1 : 1e9)), Array.from({ length: 51 }, (_, i) => (i < 50 ? 1e9 : 1e12))], [Array.from({ length: 50 }, (_, i) => (i < 49 ? 1 : 1e9)), Array.from({ length: 50 }, (_, i) => (i < 49 ? 1 : 1e12))]])
  const named = ['id', 'ids', 'ID', 'userId', 'userIds', 'user_id', 'user_ids', 'userID', 'paid', 'void', 'uuid', 'guid', 'uuid4', 'token', 'api_key', 'password', 'createTime', 'time', 'birthDate', 'date', 'updated', 'expires', 'expire', 'expired', 'created_at', 'createdAt', 'at', 'chat', 'format', 'name', 'x/y', 'x~y', 'n'.repeat(201)]
  await told.table('names of values', (name: string) => compare(reply({ [name]: 1 }), reply({ [name]: 2 })), named.map((name) => [name] as const))
  const values: readonly (readonly [unknown, unknown])[] = [['a', 'b'], ['a', 1], [1, '1'], [true, 1], [true, false], ['a', null], [{}, 'a'], [[], {}], [[], [1]], [[1], [2]], [[1, 2], [1, 3]], [{ a: 1 }, { b: 1 }], ['/a/b', '/c'], ['https://a/x.png', 'http://b/y'], ['ftp://a', 'ftp://b'], ['a/b.png', 'c/d.jpeg'], ['a/b.p', 'a/b.q'], ['a/b.image', 'a/c.image'], ['2026-1-1', '2026/12/31'], ['2026-1', '2025-1'], ['2026-01-01', 'b'], ['x'.repeat(200), 'y'], ['x'.repeat(201), 'y'], ['y', 'x'.repeat(201)], [1e9, 1e9 + 1], [1e9, 5]]
  for (const isSameData of [true, false]) await told.table(`values, isSameData: ${String(isSameData)}`, (stub: unknown, real: unknown) => compare(reply({ value: stub }), reply({ value: real }), { isSameData, sent: { value: 'a' } }), values)
  await told.table('what the call said', (sent: Readonly<Record<string, unknown>>, stub: unknown, real: unknown) => compare(reply(stub), reply(real), { sent, isSameData: false }), [[{ name: 'A' }, { name: 'A' }, { name: 'B' }], [{ name: 1 }, { name: '1' }, { name: 2 }], [{ name: ['A'] }, { name: 'A' }, { name: 'B' }], [{ name: 'A' }, { in: { name: 'A' } }, { in: { name: 'B' } }], [{ toString: 'A' }, { name: 'A' }, { name: 'B' }], [{ id: 1 }, { id: 1 }, { id: 2 }], [{ name: 'A' }, { name: 'C' }, { name: 'B' }]])
  await told.table('the envelope', (stub: unknown, real: unknown) => compare(reply(stub), reply(real)), [[{ code: 1, desc: 'a' }, { code: 2, desc: 'b' }], [{ in: { code: 1, desc: 'a' } }, { in: { code: 2, desc: 'b' } }]])
  await told.table('depths', (levels: number) => compare(reply({ deep: nested(levels), list: 1 }), reply({ deep: nested(levels, 'a', 2), list: 1 })), [[10], [11], [12], [13]])
  await told.table('depths of moments', (levels: number) => compare(reply({ deep: nested(levels, 'b') }), reply({ deep: nested(levels, 'b', 1e9) })), [[11], [12]])
  const list = (count: number, last: unknown) => Array.from({ length: count }, (_, i) => (i === count - 1 ? last : 'same'))
  await told.table('items', (count: number, other: number) => compare(reply({ list: list(count, 'A') }), reply({ list: list(other, 'B') })), [[1, 1], [50, 50], [51, 51], [50, 51], [0, 1]])
  await told.table('fields', (count: number) => compare(reply({ ...fields(count), last: 'A' }), reply({ ...fields(count), last: 'B' })), [[998], [999], [1000], [1001]])
  await told.table('how many', (count: number) => compare(reply(fields(count)), reply(Object.fromEntries(Object.keys(fields(count)).map((name) => [name, 'x'])))).length, [[99], [100], [101]])
  await told.isThatOf('drift-compare')
})

test('what documents, ledgers, first values, alternatives and frames tell is as before', async () => {
  const told = new WrittenDown()
  const reads: readonly (readonly [number, string])[] = [[200, ''], [200, '{'], [200, '{"code":2000}'], [200, '{"code":"2000"}'], [200, '{"code":4000}'], [200, '{"code":4030}'], [200, '[]'], [200, '\xff'], [404, ''], [404, '{"code":4040}'], [405, '{}'], [501, '{}'], [502, ''], [503, ''], [504, ''], [500, ''], [403, '{}'], [404, '{"code":2000}'], [404, '{"code":4010}'], [404, `${'['.repeat(101)}${']'.repeat(101)}`], [200, '{"status":0}'], [200, '{"status":1}'], [200, '{"code":1001}'], [200, '{"code":10001}']]
  for (const [contract, operation] of [[live.contract, 'liveLogin'], [edu.contract, Object.keys(edu.contract.operations)[3] ?? ''], [im.contract, Object.keys(im.contract.operations)[5] ?? ''], [trid.contract, Object.keys(trid.contract.operations)[0] ?? ''], [live.contract, 'none']] as const) {
    await told.table(`readings as ${operation} of ${contract.system}`, (status: number, text: string) => {
      const read = readReply(contract, operation, status, Buffer.from(text, 'latin1'))
      return [read, isNotThere(contract, operation, read), isUnknownThere(contract, operation, read)]
    }, reads)
  }
  for (const { contract } of systems) {
    const document = await documents.of(contract.system)
    told.part(`the document of ${contract.system}`)
    for (const [operation, row] of Object.entries(contract.operations)) {
      const headers = [200, 201, 302, 400, 401, 404, 500, 503].map((status) => document.headersOf(operation, status)).flat()
      if (headers.length > 0) told.note(`headers of ${operation}`, headers)
      const plain = [[row.success.status, '', true], [row.success.status, '', false], [row.success.status, 'text/html', false], [404, '', true], [503, 'text/html', false]].filter(([status, mediaType, isEmpty]) => document.isDeclaredPlain(operation, Number(status), { mediaType: String(mediaType), isEmpty: isEmpty === true }))
      const unknown = ['/new', `/${contract.dialect.code}`, `/${contract.dialect.message}`, '/data', '/data/new', '/data/*', '/data/*/id', '/data/*/id/new', '/data/list/*/new', '/result', '/result/*/id', '/result/new', ''].filter((pointer) => !document.isDocumented(operation, pointer))
      told.note(operation, [plain, unknown])
      for (const kind of driftKinds) {
        for (const [status, backend, stub] of [[200, null, null], [404, row.errors[0] ?? null, contract.dialect.success], [200, contract.dialect.success, row.errors[1] ?? null]] as const) {
          const asked = document.questionsOf({ operation, kind, pointer: kind === 'format' ? '/data' : '', status, backend, stub })
          if (asked.length > 0) told.note(`${operation} ${kind} ${String(status)} ${String(backend)} ${String(stub)}`, asked.map(({ number }) => number).join(' '))
        }
      }
    }
  }

  const kept = (whole: unknown) => {
    const { value, cut } = firstValues(whole, live.contract)
    return [JSON.stringify(value).length, value, [...cut]]
  }
  await told.table('firstValues', kept, [1, null, [], fields(2), { a: Array.from({ length: 4997 }, () => 1) }, { a: Array.from({ length: 4998 }, () => 1) }, { a: Array.from({ length: 4999 }, () => 1) }, { 'a/b~c': fields(5000), code: 1 }, { ...fields(5000), code: 1 }, Array.from({ length: 5001 }, (_, i) => i), { a: [fields(3000), fields(3000)] }].map((one) => [one] as const))
  const absent = ['required', 'minItems', 'minProperties', 'contains', 'dependentRequired', 'type'].flatMap((keyword) => ['', '/a'].map((pointer) => ({ kind: 'body' as const, pointer, message: keyword, rule: { keyword, missing: null } })))
  await told.table('withoutAbsence', (...cut: readonly string[]) => withoutAbsence([...absent, { kind: 'status', pointer: '', message: 'status' }], { value: null, cut: new Set(cut) }).map(({ pointer, message }) => `${pointer} ${message}`), [[], [''], ['/a'], ['', '/a']])

  const violation = (instancePath: string, keyword: string) => ({ instancePath, keyword, schemaPath: '', params: {} })
  const lists = [[], [violation('', 'type')], [violation('/a', 'const'), violation('/b', 'required')], [violation('/a/b', 'enum')], [violation('/a', 'required')], [violation('/a', 'required'), violation('/a', 'minLength')]]
  await told.table('nearest', nearest, [[[]], ...lists.flatMap((one) => lists.map((other) => [[one, other]] as [typeof lists])), [lists]])
  const sequences = [['/a type', '/a anyOf'], ['/a type', '/a type', '/a oneOf'], ['/a type', '/a/b required', '/a anyOf'], ['/b type', '/a anyOf'], ['/ab type', '/a anyOf'], ['/a const', '/a/c enum', '/a/c anyOf', '/a anyOf'], [' anyOf'], ['/a minLength', '/a enum', '/a oneOf', '/c required'], ['/x type', '/a enum', '/a/b minimum', '/a anyOf', '/a/b anyOf']]
  await told.table('withoutAlternatives', (...given: readonly string[]) => withoutAlternatives(given.map((one) => violation(one.split(' ')[0] ?? '', one.split(' ')[1] ?? ''))).map((one) => `${one.instancePath} ${one.keyword}`), sequences)

  const frames = [undefined, null, 1, {}, { type: 'x' }, { id: 1 }, { status: 0, result: {} }, { type: 'message', data: {} }, { code: 0 }, { status: 0 }, { status: 'x', message: 5 }, { a: { b: 1 } }]
  const document = await documents.of('im')
  for (const schema of Object.keys(im.validators.schemas)) await told.table(`frames of ${schema}`, async (json: unknown) => (await frameFindings(im, document, schema, 'a frame', { status: 0, json, error: isObject(json) && json['status'] === 0 ? null : undefined, isLong: false })).map(({ kind, pointer, message }) => `${kind} ${pointer} ${message}`), frames.map((one) => [one] as const))
  await told.isThatOf('drift-documents')
})

test('what is kept of differences is as before', async () => {
  const told = new WrittenDown()
  const example = (message: string) => (finding: Finding) => ({ at: 0, method: 'GET', url: '/', status: 200, message: `${message} ${finding.message}`, body: null })
  const finding = (kind: DriftKind, pointer: string, more: Partial<Finding> = {}): Finding => ({ kind, pointer, message: 'm', ...more })
  const ledger = new DriftLedger()
  const draw = new Draw(3)
  for (let i = 0; i < 60; i++) {
    const findings = Array.from({ length: draw.below(4) }, () => finding(draw.of(driftKinds), draw.of(['', '/a', '/b']), { ...(draw.below(2) === 0 ? { error: draw.of(['E1', 'E2']) } : {}), ...(draw.below(3) === 0 ? { expected: 'X' } : {}), ...(draw.below(5) === 0 ? { reason: draw.of(['dns', 'reset'] as const) } : {}) }))
    ledger.note({ system: draw.of(['live', 'edu']), operation: draw.of(['one', 'two']), findings, isLate: draw.below(4) === 0, example: example(String(i)) })
  }
  const all = (name: string, one: DriftLedger) => {
    told.part(name)
    for (const row of one.rows()) told.note('row', row)
    for (const row of one.calls()) told.note('call', row)
    told.note('size, left out', [one.size, one.leftOut])
  }
  all('sixty questions', ledger)
  told.note('cleared', [ledger.clear('live'), ledger.size, ledger.calls(), ledger.clear(), ledger.size, ledger.calls()])
  const many = (count: number, from = 0) => Array.from({ length: count }, (_, i) => finding('type', `/${String(i + from)}`))
  await told.table('how many are kept', (...lots: readonly number[]) => {
    const one = new DriftLedger()
    for (const [i, lot] of lots.entries()) one.note({ system: 's', operation: 'o', findings: many(lot, i * 100), more: i, example: example('') })
    return [one.size, one.leftOut, one.calls(), one.clear(), one.leftOut]
  }, [[99], [100], [101], [100, 100, 100, 100, 99, 1], [100, 100, 100, 100, 100, 1], [100, 100, 100, 100, 100, 100]])
  const book = new DriftBook()
  const sizes = () => Array.from({ length: 13 }, (_, i) => book.of(`box${String(i)}`).size)
  for (let i = 0; i < 13; i++) {
    for (let lot = 0; lot < 5; lot++) book.note(`box${String(i)}`, { system: 's', operation: 'o', findings: many(i === 11 ? 1 : 100, lot * 100), example: example('') })
    if (i === 3) book.note('box0', { system: 's', operation: 'o', findings: [], example: example('') })
    told.note(`after box${String(i)}`, sizes())
  }
  told.note('cleared', [book.clear('box12', 'other'), book.clear('box12', 's'), book.clear('box12'), sizes()])
  const crowd = new DriftBook()
  for (let i = 0; i < 5002; i++) crowd.note(`box${String(i)}`, { system: 's', operation: 'o', findings: [], example: example('') })
  told.note('of a crowd are kept', ['box0', 'box1', 'box2', 'box5001'].map((name) => crowd.of(name).calls().length))
  await told.isThatOf('drift-ledger')
})
