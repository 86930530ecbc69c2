/** Sentences and readings: names misspelt, rules broken, queries, JSON, dates, sizes and paths, around every bound, with what comes of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { globTest, likeTest } from '../../src/control/glob.js'
import { Budget, budgetKinds, parseMemory } from '../../src/core/budget.js'
import { type ClockState, freezeClock, HttpDates, readClock, resumeClock, setClock } from '../../src/core/clock.js'
import type { FieldRow, OperationRow } from '../../src/core/contract.js'
import { addDuration, parseDuration, parseMilliseconds } from '../../src/core/duration.js'
import { differences, toldOf } from '../../src/core/engine/identity.js'
import { noRoomForFiles, tellLetGo } from '../../src/core/engine/room.js'
import { weigh, weighChanges, WeighedChange } from '../../src/core/engine/weigh.js'
import { Failure } from '../../src/core/failure.js'
import { FileBag, fileOf, takeFile, takeFiles } from '../../src/core/files.js'
import { wordsOfFormat, wordsOfPattern } from '../../src/core/forms.js'
import { didYouMean, guess, refuseUnknownOptions } from '../../src/core/guess.js'
import { Ids } from '../../src/core/ids.js'
import { jsonFault, readJsonFile } from '../../src/core/json-file.js'
import { isOut, knownOutages } from '../../src/core/outages.js'
import { answerProblem, problem, problemReply } from '../../src/core/problem.js'
import { checkRecords, misfitOf, resolved } from '../../src/core/records.js'
import { asHeader, emptyReply, isBodiless, jsonReply, textReply } from '../../src/core/reply.js'
import { checking, createAjv } from '../../src/core/schemas.js'
import { jsonPieces, Measure, measureJson } from '../../src/core/sliced-json.js'
import { readJson } from '../../src/core/sliced-reading.js'
import { atOnce } from '../../src/core/slices.js'
import { resolveBoot } from '../../src/core/store/boot.js'
import { readInput } from '../../src/core/surface/input.js'
import { listOf, quote, refusal } from '../../src/core/surface/refusal.js'
import { complaintsOf, linesOf, placedLines, sayComplaint } from '../../src/core/violations.js'
import { compileRouter } from '../../src/core/pipeline/router.js'
import { contract as controlContract } from '../../src/generated/control/contract.js'
import { validators as controlValidators } from '../../src/generated/control/validators.js'
import type { SchemaObject } from '../../src/plain/map-schema.js'
import { edu } from '../../src/systems/edu/index.js'
import { im } from '../../src/systems/im/index.js'
import { job } from '../../src/systems/job/index.js'
import { live } from '../../src/systems/live/index.js'
import { trid } from '../../src/systems/trid/index.js'
import { Draw, WrittenDown } from '../support/written-down.js'

const each = <T>(...values: readonly T[]) => values.map((value) => [value] as const)

test('what was probably meant', async () => {
  const told = new WrittenDown()
  const known = ['port', 'host', 'data', 'max-memory', 'seed', 'sandbox', 'sandboxes', 'id', 'a', '', 'liveLogin', 'liveLogout', 'x'.repeat(64), 'x'.repeat(65)]
  const words = ['port', 'prot', 'prt', 'pport', 'PORT', 'poet', 'pots', 'tsoh', 'dtaa', 'max_memory', 'maxmemory', 'max-memry', 'memory', 'sandbx', 'sandboxs', 'sanboxes', 'snadbxoes', 'ids', 'ie', 'xy', 'b', 'ab', '', 'liveLogn', 'liveLogou', 'livelogi', 'zzzzzz', 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(65), 'se', 'sede', 'eesd', 'osht', 'hsot']
  const draw = new Draw(2)
  const mistaken = Array.from({ length: 120 }, () => {
    const letters = Array.from(draw.of(['sandbox', 'max-memory', 'liveLogout', 'port', 'seed', 'id']))
    for (let i = draw.below(4); i >= 0; i--) {
      const at = draw.below(letters.length + 1)
      const kind = draw.below(3)
      if (kind === 0) letters.splice(at, 0, draw.of(['a', 'o', '-']))
      else if (kind === 1) letters.splice(at, 1)
      else letters.splice(at, 2, ...letters.slice(at, at + 2).reverse())
    }
    return letters.join('')
  })
  await told.table('guess', (word: string) => guess(word, known), each(...words, ...mistaken))
  await told.table('didYouMean', (word: string) => didYouMean(word, known), each('prot', 'zzzzzz', 'port'))
  await told.table('refuseUnknownOptions', (given: object) => { refuseUnknownOptions('createStub', given, ['port', 'host']) }, [[{}], [{ port: 1 }], [{ prot: 1, hots: 2 }], [{ zzzzz: 1 }], [{ port: 1, '': 2 }]])
  await told.table('globTest', (glob: string, text: string) => globTest(glob)(text), [['', ''], ['', 'a'], ['*', ''], ['a', 'a'], ['a', 'ab'], ['a*', 'ab'], ['*b', 'ab'], ['a*b', 'ab'], ['a*b', 'acb'], ['ab*ba', 'aba'], ['a*b*c', 'axbxc'], ['a*b*c', 'axcxb'], ['a**b', 'ab'], ['*a*a*', 'a'], ['*a*a*', 'aa'], ['.', 'a'], ['A', 'a']])
  await told.table('likeTest', (glob: string, text: string) => likeTest(glob)(text), [['', 'a'], ['b', 'aBc'], ['^b', 'abc'], ['^a', 'Abc'], ['c$', 'abC'], ['b$', 'abc'], ['^abc$', 'abc'], ['^ab$', 'abc'], ['^', ''], ['$', 'a'], ['^$', 'a'], ['^$', ''], ['a*c', 'xabcx'], ['^a*c$', 'xabc']])
  await told.isThatOf('words-guesses')
})

/** For every keyword of JSON Schema a schema, and values that break it. */
const KEYWORDS: readonly (readonly [SchemaObject, ...unknown[]])[] = [
  [{ type: 'integer' }, 'a', 1.5, '2s', '1h30m', '12', '', '5x', null], [{ type: 'string' }, 1, '2s'], [{ type: ['string', 'null'] }, 1], [{ type: 'object', required: ['a', 'b'] }, {}, { a: 1 }, []],
  [{ minimum: 3 }, 2], [{ maximum: 3 }, 4], [{ exclusiveMinimum: 3 }, 3], [{ exclusiveMaximum: 3 }, 3], [{ multipleOf: 2 }, 3], [{ minLength: 1 }, ''], [{ minLength: 2 }, 'a'], [{ maxLength: 1 }, 'ab'], [{ minLength: 1, pattern: '^a$' }, '', 'b'], [{ pattern: '^[a-z][a-z0-9-]*$' }, 'A'], [{ pattern: '^\\d{0,15}$' }, 'x'],
  [{ format: 'date-time' }, 'x'], [{ format: 'email' }, 'x'], [{ format: 'date' }, '2026-02-30'], [{ enum: ['a', 'b'] }, 'c', 1], [{ const: 5 }, 6], [{ const: 'a' }, 'b'], [{ const: null }, 1], [{ minItems: 1 }, []], [{ maxItems: 1 }, [1, 2]], [{ uniqueItems: true }, [1, 1]], [{ items: { type: 'integer' } }, [1, 'a'], ['2s']], [{ prefixItems: [{ type: 'integer' }], items: false }, [1, 2], ['a']],
  [{ contains: { const: 1 } }, [2]], [{ contains: { const: 1 }, minContains: 2 }, [1]], [{ contains: { const: 1 }, maxContains: 1 }, [1, 1]], [{ additionalProperties: false }, { 'a.b': 1, c: 2 }], [{ properties: { in: { additionalProperties: false } } }, { in: { x: 1 } }], [{ unevaluatedProperties: false, properties: { a: {} } }, { b: 1 }], [{ unevaluatedItems: false, prefixItems: [{}] }, [1, 2]],
  [{ minProperties: 1 }, {}], [{ maxProperties: 1 }, { a: 1, b: 2 }], [{ propertyNames: { pattern: '^a' } }, { b: 1 }], [{ dependentRequired: { a: ['b', 'c'] } }, { a: 1 }], [{ dependentSchemas: { a: { required: ['b'] } } }, { a: 1 }], [{ patternProperties: { '^a': { type: 'integer' } } }, { ab: 'x' }],
  [{ not: { type: 'integer' } }, 1], [{ anyOf: [{ type: 'integer' }, { required: ['a'] }] }, 'x', {}], [{ oneOf: [{ type: 'integer' }, { minimum: 1 }] }, 2], [{ allOf: [{ minimum: 3 }, { multipleOf: 2 }] }, 1], [{ if: { minimum: 3 }, then: { multipleOf: 2 }, else: { const: 0 } }, 5, 1], [{ properties: { n: { type: 'integer' }, s: { properties: { t: { type: 'integer' } } } } }, { n: '5m', s: { t: '1d' } }, { n: '5', s: { t: '-1d' } }], [{ $ref: '#/components/schemas/Named' }, 1], [false as unknown as SchemaObject, 1],
]

test('what is said of broken rules', async () => {
  const told = new WrittenDown()
  const ajv = createAjv({ openapi: '3.1.0', unevaluatedItems: true, components: { schemas: { Named: { type: 'string', title: 'dropped' } } } }, { allErrors: true })
  for (const [schema, ...values] of KEYWORDS) {
    await told.table(JSON.stringify(schema), (value: unknown) => {
      const validate = ajv.compile(typeof schema === 'object' ? checking(schema) : schema)
      if (validate(value)) return 'fits'
      const violations = validate.errors ?? []
      return [complaintsOf(violations, value).map((one) => sayComplaint(one)), linesOf(violations, 'the body')]
    }, each(...values))
  }
  told.note('without a message', [complaintsOf([{ instancePath: '/a~1b', schemaPath: '', keyword: 'x', params: {} }]), placedLines([{ instancePath: '', schemaPath: '', keyword: 'x', params: {} }, { instancePath: '', schemaPath: '', keyword: 'if', params: {} }], ''), sayComplaint({ field: null, message: 'is wrong' }, 'the record')])
  await told.table('wordsOfPattern', wordsOfPattern, each('^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', '^[a-z][a-z0-9-]*$', '^[\\x20-\\x7e]+$', '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$', '^\\d{0,15}$', '^x$'))
  await told.table('wordsOfFormat', wordsOfFormat, each('date-time', 'uri', ''))
  const tagged = { oneOf: [{}], discriminator: { propertyName: 'kind', mapping: { a: '#/components/schemas/A', b: '#/components/schemas/B/properties/x' } }, description: 'd' }
  await told.table('checking', (schema: SchemaObject) => checking(schema), [[{ title: 't', type: 'string', 'x-a': 1, examples: [], $ref: '#/components/schemas/X' }], [{ $ref: '#/components/schemas/X/properties/y' }], [{ $ref: '#/other' }], [tagged], [{ ...tagged, discriminator: { propertyName: 5, mapping: {} } }], [{ ...tagged, discriminator: { propertyName: 'k' } }], [{ ...tagged, discriminator: { propertyName: 'k', mapping: { a: 5 } } }]])
  await told.table('misspelt keywords', (schema: SchemaObject) => createAjv({ openapi: '3.1.0' }, {}).compile(schema), [[{ minLenght: 1 }], [{ format: 'unknown' }], [{ type: 'txt' }]])
  await told.table('formats that check nothing', (format: string) => createAjv({ openapi: '3.1.0' }, {}).compile({ format })('周'), each('binary', 'decimal', 'char', 'commonmark', 'html', 'base64url', 'media-range', 'byte', 'int32'))

  for (const system of [edu, im, job, live, trid]) {
    for (const collection of Object.keys(system.validators.records)) await told.table(`records of ${system.id}, ${collection}`, (record: unknown) => misfitOf(system, collection, structuredClone(record)), each<unknown>({}, 5, { id: 'x', new: 1 }, { id: 1, name: '' }))
  }
  told.note('no schema', misfitOf(live, 'nothing', {}))
  const many = (count: number) => ({ users: Array.from({ length: count }, (_, id) => ({ id })) })
  await told.table('checkRecords', (content: unknown) => { checkRecords(live, content, 'world.json') }, each<unknown>(null, [], {}, { users: [] }, { users: {} }, { usres: [] }, { zzzzzz: [] }, { users: [5, { id: 'x' }, { id: 7 }] }, many(10), many(11), many(12), { toString: [] }))
  const boot = Date.parse('2026-01-31T08:30:00Z')
  const markers = ['boot', '+1d', 'boot+1d', { $boot: '1d' }, { $boot: '-1d' }, { $boot: 'P1M' }, { $boot: 'x' }, { $boot: 5 }, { $boot: '' }, { $boot: '1d', as: 'ms' }, { $boot: '1d', as: 'date' }, { $boot: '1d', as: 'x' }, { $boot: '1d', as: 'iso' }, { $boot: '1d', as: 'datetime' }, { $boot: '1d', as: 'slash' }, { $boot: '1d', as: 'seconds' }, { $boot: '1d', format: 'iso' }, { boot: '1d' }, [{ $boot: '1d' }], { a: { $boot: '-9999y' } }]
  await told.table('resolveBoot', (value: unknown) => resolveBoot(value, boot), markers.map((one) => [one] as const))
  await told.table('resolved', (content: unknown) => resolved(live, content, boot, 'world.json'), each<unknown>(...markers.map((at) => ({ users: [{ id: 1 }, { id: 2, deep: { at } }] })), { other: { $boot: 'x' } }, 5))
  await told.isThatOf('words-violations')
})

test('moments, spans, amounts, chance', async () => {
  const told = new WrittenDown()
  const spans = ['', '0', '1', '250ms', '2s', '2.5s', '2.5555s', '90s', '5m', '5mo', '1h30m', '30m1h', '1d', '1w', '1y6mo', '1y', '-10d', '+10d', '--1d', '1M', '2 s', 's', '1', '1.5h', 'P', 'PT', 'P1Y2M', 'P1W', 'P1DT2H3M4.5S', 'P1DT2H3M4,5S', 'PT1M', 'P1M', '-P1D', '+PT0.001S', 'PT1.0005S', 'P1S', 'p1d', '123456789012345', '1234567890123456', '-5', '1ms', '1y2mo3w4d5h6m7.8s9ms', '0s', '-0s', 'P0Y']
  await told.table('parseDuration, parseMilliseconds', (text: string) => [parseDuration(text), parseMilliseconds(text)], each(...spans))
  const moments = ['2024-01-31T23:59:59.999Z', '2024-02-29T12:00:00Z', '2023-02-28T00:00:00Z', '2000-02-29T00:00:00Z', '1900-03-31T00:00:00Z', '2026-12-31T23:00:00Z', '2026-03-31T01:30:00+08:00', '0001-01-02T00:00:00Z', '9999-12-30T00:00:00Z']
  const moves = ['P1M', '-P1M', 'P1Y', '-P1Y', 'P11M', '-P13M', 'P4Y', '1mo1d', '-1y1mo', '36h', 'P1200M']
  for (const moment of moments) await told.table(`addDuration ${moment}`, (move: string) => new Date(addDuration(Date.parse(moment), parseDuration(move) ?? { years: 0, months: 0, ms: 0 })).toJSON(), each(...moves))
  const clocks: readonly ClockState[] = [{ offset: 0, frozenAt: null }, { offset: 5000, frozenAt: null }, { offset: -5000, frozenAt: null }, { offset: 100, frozenAt: 777 }, { offset: 0, frozenAt: 0 }]
  await told.table('clocks', (clock: ClockState) => [readClock(clock, 1000), setClock(clock, 1000, 3000), freezeClock(clock, 1000), freezeClock(clock, 1000, 42), resumeClock(clock, 1000)], each(...clocks))
  const dates = new HttpDates()
  await told.table('HttpDates', (at: number) => dates.of(at), each(0, 999, 1000, -1, 1_700_000_000_123, 1_700_000_000_999, 1_700_000_001_000, 0))
  await told.table('Ids', (seed: string) => {
    const ids = new Ids(seed)
    const other = ids.of('other')
    return [ids.text('hex', 12), ids.text('letters', 12), ids.text('lowerAlphanumeric', 12), ids.hex(3), ids.hex(0), Array.from({ length: 8 }, () => ids.below(7)), ids.fraction(), other.hex(8), ids.of('other').hex(8)]
  }, each('', '1', '2', 'seed/live/1', 'seed/live/2', '周'))
  await told.table('parseMemory', parseMemory, each<number | string>('512mb', '512 MB', '512  mb', '2gb', '1.5gb', '1.5555gb', '32mb', '31.999mb', '33554432', 33_554_432, 33_554_431, '32768kb', '32767kb', '33554432b', '33554431b', '1tb', 'mb', '', '-512mb', '1e9', '.5gb', '512mbx', '9999999999gb', '999999999999999', Number.NaN, '0'))
  for (const total of [32 * 1024 * 1024, 512 * 1024 * 1024, 1_000_003]) {
    const budget = new Budget(total)
    told.part(`Budget of ${String(total)}`)
    told.note('values', budget.values)
    for (const kind of budgetKinds) {
      const limit = budget.limit(kind)
      told.note(kind, [limit, budget.limitOfOne(kind), budget.take(kind, limit + 1), budget.used(kind), budget.take(kind, limit), budget.take(kind, 1), budget.excess(kind), budget.add(kind, 0), budget.add(kind, 1), budget.excess(kind), budget.used(kind)])
      budget.give(kind, limit)
      told.note(`${kind} given back`, [budget.used(kind), budget.excess(kind)])
    }
    told.note('noRoomForFiles', noRoomForFiles(budget))
  }
  told.note('values at the most', new Budget(501 * 1024 * 1024).values)
  const reported: string[] = []
  for (const count of [1, 2, 9, 10, 11, 100, 999, 1000]) tellLetGo((line) => reported.push(line), 1000, 'a"b', count)
  told.note('tellLetGo', reported)
  await told.table('differences', (there: Readonly<Record<string, string>>, here: Readonly<Record<string, string>>) => [differences(there, here), toldOf(differences(there, here))], [[{}, {}], [{ seed: 'a' }, { seed: 'a' }], [{ seed: 'a', x: '1' }, { seed: 'b', y: '2' }], [{ 'contract of live': 'abc' }, { 'contract of live': 'abd' }], [{}, { 'fixtures of edu': 'a' }]])
  const weights: readonly unknown[] = [null, 1, true, undefined, '', 'abc', '周', 'x'.repeat(1024), 'x'.repeat(1025), '周'.repeat(1025), `${'x'.repeat(1024)}ÿ`, `${'x'.repeat(1024)}Ā`, [], [1, 'a'], {}, { a: 'b', c: { d: [1] }, e: null }]
  await told.table('weigh', weigh, weights.map((one) => [one] as const))
  const change = { collection: 'users', key: 1, before: { id: 1, a: 'b' }, after: { id: 1, a: 'cc' } }
  const weighed = new WeighedChange('users', 'k', null, change.after)
  told.note('weighChanges', [weighChanges([]), weighChanges([change]), weighChanges([weighed, change]), WeighedChange.after(change), WeighedChange.both(change), WeighedChange.after(weighed), WeighedChange.both(weighed)])
  await told.isThatOf('words-amounts')
})

test('JSON, files of it, answers and problems', async () => {
  const told = new WrittenDown()
  const texts = ['', ' ', '1', '01', '1.', '-', '-1e5', '1e', 'tru', 'true', 'truex', 'null', 'nul', '"a', '"a\\x"', '"\\u12"', '"a\nb"', '{', '{}', '{a', "{'a'", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', '{"a":1}}', '{"a" 1}', '{"a"::1}', '[', '[]', '[,', '[1', '[1,', '[1,]', '[1 2]', '[1}', '{]', '{1:2}', '1 2', '\n\n  x', '{"a":\r\n\tundefined}', '[1,\n2,\n,3]', '\ufeff1', '😀', '[😀', 'word_that_is_longer_than_twenty_letters', '$a', '//', '{"a":1,"b"}', ',', ':', ']', '"a":1']
  await told.table('jsonFault', jsonFault, each(...texts))
  const folder = mkdtempSync(join(tmpdir(), 'understudy-words-'))
  try {
    await told.table('readJsonFile', async (bytes: Uint8Array) => {
      const file = join(folder, 'file.json')
      writeFileSync(file, bytes)
      return readJsonFile(file).catch((error: unknown) => String(error).replaceAll(folder, ''))
    }, each('{"a":1}', '\ufeff[1]', '{"a":', '', '['.repeat(100) + ']'.repeat(100), '['.repeat(101) + ']'.repeat(101)).map(([text]) => [Buffer.from(text)] as [Uint8Array]).concat([[Buffer.from([0x22, 0xff, 0x22])]]))
    await told.try('a folder', () => readJsonFile(folder).catch((error: unknown) => String(error).replaceAll(folder, '')))
  } finally {
    rmSync(folder, { recursive: true })
  }
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
  const LONG = 256 * 1024
  const long = (text: string) => `{"filler":"${'x'.repeat(LONG)}","it":${text}}`
  await told.table('readJson, short', (text: string, levels: number, values: number) => atOnce(readJson(text, levels, values)), [...texts.slice(0, 30).map((text) => [text, 100, 100] as const), [nested(5), 5, 100], [nested(6), 5, 100], ['[1,2,3]', 5, 4], ['[1,2,3]', 5, 3], ['[1,2,3]', 5, 2]])
  await told.table('readJson, long', (text: string, levels: number, values: number) => JSON.stringify(atOnce(readJson(long(text), levels, values))).slice(LONG), [...['1', '{"a":1,', '[1,]', '"a', 'tru', '{"a":{"b":[1,{"c":2}]}}', '[[],{},"",null]', '{"a":1,"a":2}', '1}', ']'].map((text) => [text, 100, 1000] as const), [nested(4), 5, 100], [nested(5), 5, 100], ['[1,2,3]', 5, 8], ['[1,2,3]', 5, 7], ['[1,2,3]', 5, 6], ['{"a":1,"b":2}', 9, 9], ['{"a":1,"b":2}', 9, 8], ['{"a":1,"b":2}', 9, 7]])
  const values: readonly unknown[] = [null, [], {}, [1, undefined, 2], { a: undefined, b: 1 }, Array.from({ length: 50 }, () => 1), Array.from({ length: 51 }, () => 1), Array.from({ length: 101 }, (_, i) => ({ i })), 'x'.repeat(65_536), 'x'.repeat(65_537), `${'x'.repeat(65_535)}😀y`, { a: ['x'.repeat(65_535), 1, 'x'.repeat(65_537), 2] }, { a: { b: { c: { d: { e: { f: { g: { h: 1 } } } } } } } }, new Date(0)]
  await told.table('jsonPieces', (value: unknown, levels?: number) => [...jsonPieces(value, null, levels)], [...values.map((one) => [one] as const), [{ a: { b: [1] } }, 1], [{ a: { b: [1] } }, 0], [{ a: { b: [1] } }, 2]])
  await told.table('Measure', (value: unknown, most: number, mostValues: number) => { atOnce(measureJson(value, new Measure(most, mostValues))) }, [
    ...[9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 24].map((most) => [{ a: [1, 2] }, most, 99] as const), ...[1, 2, 3, 4, 5, 6, 7, 8].map((most) => [{ a: [1, 2] }, 999, most] as const), ...[3, 4, 5].map((most) => [[{ a: 1 }], 999, most] as const), [['周'], 9, 99], [['周'], 10, 99], ['x'.repeat(1024 * 1024), 1024 * 1024, 99], ['x'.repeat(1024 * 1024), 1024 * 1024 + 1, 99], [Array.from({ length: 12_345 }, () => 1), 99_999, 10_000],
  ])
  await told.table('problem', problem, [[400, 'invalid-request', 'Mend it.'], [404, 'no-such-record', 'x', { known: ['a'], status: 1 }], [500, 'internal', '']])
  told.note('answers', [answerProblem(problem(400, 'no-host', 'c'), { 'x-a': 'b' }), problemReply(404, 'no-such-path', 'b', { c: 1 }), jsonReply(200, { a: 1 }), jsonReply(201, [], { 'content-type': 'x/y' }), emptyReply(204), textReply(200, 'x', { a: 'b' }), [200, 203, 204, 205, 206, 301, 304, 305].map(isBodiless)])
  await told.table('asHeader', asHeader, each('plain ~', 'a\r\nb', '周', '😀', '\x7f\x00', 'x'.repeat(499), 'x'.repeat(500), 'x'.repeat(501), '周'.repeat(84)))
  told.note('refusals', [refusal(400, 'no-host', 'c', { known: ['x'] }, { d: 'e' }), listOf([]), listOf(['a', 'b']), quote('a"b'), quote('x'.repeat(80)), quote(`${'ab'.repeat(40)}c`)])
  told.note('failures', [Failure.of('A'), Failure.of('A', { message: 'm' }), Failure.when('banned', { cause: 'field', field: 'f' })])
  told.note('outages', [edu, im, job, live, trid].map((system) => [knownOutages(system), ['internal', 'database', 'network'].map((one) => [isOut(system, [one], 'internal'), isOut(system, [one], 'network')])]))

  const state = { files: { key: 'id', namesFiles: true }, users: { key: 'id' } } as const
  const bag = new FileBag()
  const records: readonly unknown[] = [{ id: 1, bytes: 'aGVsbG8=' }, { id: 1, bytes: 'no base64!' }, { id: 1, bytes: 5 }, { id: 1 }, 5, null, { id: 1, bytes: '' }]
  await told.table('takeFile', (record: unknown) => [takeFile(state.files, record, bag.add), takeFile(state.users, record, bag.add), takeFile(undefined, record, bag.add)], records.map((one) => [one] as const))
  told.note('takeFiles', [takeFiles(state, { files: records.slice(0, 2), users: records.slice(0, 1), other: records.slice(0, 1), toString: [] }, bag.add), takeFiles(state, { files: 5 }, bag.add), takeFiles(state, [1], bag.add), bag.files.size])
  told.note('fileOf', [fileOf(state.files, { hash: 'h' }), fileOf(state.files, { hash: 5 }), fileOf(state.files, {}), fileOf(state.users, { hash: 'h' }), fileOf(undefined, { hash: 'h' })])
  await told.isThatOf('words-json')
})

test('what is wrong with calls of the control plane, field by field', async () => {
  const told = new WrittenDown()
  const book = { validators: controlValidators, document: '/__admin/openapi.yaml' }
  const draw = new Draw(9)
  const odd: readonly unknown[] = ['', 'x', '5', '-1', 'true', '2s', 'x'.repeat(100), 5, -1, 1.5, true, null, [], {}, ['a'], { a: 1 }]
  const operations: Readonly<Record<string, OperationRow>> = controlContract.operations
  const router = compileRouter(controlContract)
  for (const [operation, row] of Object.entries(operations)) {
    const names = Object.keys(row.fields)
    const fill = (name: string, field: FieldRow): unknown => (field.in === 'path' ? draw.of(['a', '1', 'live', '%']) : draw.of(odd) ?? name)
    told.part(operation)
    for (let i = 0; i < 3; i++) {
      const chosen = Object.entries(row.fields).filter(() => draw.below(3) > 0)
      const query = chosen.filter(([, field]) => field.in === 'query').map(([name, field]) => `${name}=${encodeURIComponent(String(fill(name, field)))}`)
      if (draw.below(4) === 0) query.push(draw.of(['limt=1', 'zzzzzz=1', 'a%=1', 'offst=2']))
      const body = Object.fromEntries(chosen.filter(([, field]) => field.in === 'body').map(([name, field]) => [name, fill(name, field)]))
      const more = draw.below(4) === 0 && names.length > 0 ? { [`${draw.of(names)}x`]: 1 } : {}
      const parameters = Object.fromEntries(Object.entries(row.fields).filter(([, field]) => field.in === 'path').map(([name, field]) => [name, String(fill(name, field))]))
      const call = { url: `/x${query.length > 0 ? `?${query.join('&')}` : ''}` } as Parameters<typeof readInput>[2]
      await told.try(`${call.url} ${JSON.stringify({ ...body, ...more })} ${JSON.stringify(parameters)}`, () => {
        try {
          return readInput(book, { operation, row, parameters }, call, { ...body, ...more })
        } catch (error) {
          return error instanceof Error ? error.message : error
        }
      })
    }
    await told.try('its path', () => [router(row.method, row.path.replace(/\{\w+\}/g, 'a'), () => row.select?.value), router('TRACE', `${row.path.replace(/\{\w+\}/g, 'b')}/`, () => undefined)].map((match) => (match instanceof Failure ? [match.details.cause, match.details.allow] : [match.operation, match.parameters])))
  }
  await told.isThatOf('words-control')
})
