/** What is read off documents that use every construct, and off ones that are not as ours are: that nothing of it changes unseen. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, test } from 'vitest'
import { readReply } from '../../src/core/backends/read.js'
import { DriftDocuments } from '../../src/core/drift/documents.js'
import { allDepartures, departuresOf, findingOf, lookedAt } from '../../src/core/drift/find.js'
import { driftKinds } from '../../src/core/drift/finding.js'
import { firstValues } from '../../src/core/drift/first-values.js'
import { questionsIn, type Telling } from '../../src/core/drift/questions.js'
import type { Departure } from '../../src/core/judge.js'
import { edu } from '../../src/systems/edu/index.js'
import { live } from '../../src/systems/live/index.js'
import { WrittenDown } from '../support/written-down.js'

const folder = mkdtempSync(join(tmpdir(), 'understudy-documents-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const json = (schema: unknown, more: object = {}) => ({ content: { 'application/json': { schema } }, ...more })
const nested = (levels: number): unknown => (levels === 0 ? { properties: { end: {} } } : { allOf: [nested(levels - 1)] })
const document = {
  openapi: '3.1.0', paths: {
    '/a': {
      summary: 'no operation', parameters: [{ name: 'x' }], get: { operationId: 'first', responses: { 200: { $ref: '#/components/responses/Listed' }, 404: { description: 'no content' }, 500: json(true), 503: { content: 'none' }, 504: { $ref: '#/components/responses/None' } } },
      post: { summary: 'without a name', responses: { 200: json({ properties: { hidden: {} } }) } },
      put: { 'operationId': 'chooser', 'responses': {}, 'x-operations': { one: { operationId: 'chosen', responses: { 200: json({ properties: { of: {} } }, { headers: { 'X-Chosen': { schema: { pattern: '^a+$' } } } }) } }, two: 'no operation' } },
    },
    '/b': 'no path', '/c': { get: { operationId: 'bare' }, post: { operationId: 'odd', responses: [json({})] } },
  },
  components: {
    headers: { 'Kept': { required: true, schema: { const: 'this', minLength: 0 } }, 'a/b': { required: 'true', schema: { minLength: 1, pattern: 7, const: 7 } } },
    responses: {
      Listed: {
        headers: { 'X-Kept': { $ref: '#/components/headers/Kept' }, 'X-Path': { $ref: '#/components/headers/a~1b' }, 'X-None': { $ref: '#/components/headers/None' }, 'x-plain': {} },
        content: { 'text/plain': {}, 'application/json': { schema: { $ref: '#/components/schemas/Listed' } } },
      },
    },
    schemas: {
      Listed: {
        type: 'object', properties: {
          list: { type: 'array', items: { $ref: '#/components/schemas/Item' } }, pair: { type: 'array', prefixItems: [{ properties: { left: {} } }, { properties: { right: {} } }] }, anyList: { type: ['array', 'null'] }, text: { type: 'string' }, empty: {}, anything: true, nothing: false, 'a/b': {}, 'a~b': {}, '*': {},
          toThen: { if: {}, then: { properties: { thenHas: {} } }, else: { properties: { elseHas: {} } } }, either: { oneOf: [{ properties: { one: {} } }, { anyOf: [{ properties: { any: {} } }, true] }, { $ref: '#/components/schemas/Nowhere' }] },
          deep19: nested(19), deep20: nested(20), deep21: nested(21), open: { type: ['object', 'null'] }, closed: { type: 'object', properties: {}, additionalProperties: false }, mixed: { allOf: [{ type: 'object', properties: { known: {} } }, { additionalProperties: {} }] }, noParts: { allOf: 'none', properties: 'none' },
        },
      },
      Item: { properties: { id: {}, more: { $ref: '#/components/schemas/Item' } } },
    },
  },
}
const written = (name: string, text: string) => {
  writeFileSync(join(folder, `${name}.json`), text)
  return name
}

test('what a document tells of answers', async () => {
  const told = new WrittenDown()
  const documents = new DriftDocuments(folder)
  for (const name of [written('made', JSON.stringify(document)), written('list', '[]'), written('bare', '{}'), written('no-paths', '{"paths":[]}'), 'none']) {
    const made = await documents.of(name)
    told.part(name)
    const steps = ['list', 'list/*', 'list/*/id', 'list/*/new', 'list/*/more/more/id', 'list/id', 'pair/*', 'pair/*/left', 'pair/*/right', 'pair/*/new', 'anyList/*', 'anyList/*/new', 'text', 'text/*', 'text/new', 'empty', 'empty/new', 'empty/*', 'anything/new/new', 'nothing', 'nothing/new', 'a~1b', 'a~0b', 'a/b', '*', 'new', 'toThen/thenHas', 'toThen/elseHas', 'toThen/new', 'either/one', 'either/any', 'either/new', 'deep19/end', 'deep20/end', 'deep21/end', 'open/new', 'closed/new', 'mixed/new', 'mixed/known', 'noParts/new', 'hidden', 'of', 'toString', `new${'x'.repeat(192)}`, `new${'x'.repeat(300)}`]
    for (const operation of name === 'made' ? ['first', 'chosen', 'chooser', 'bare', 'odd', 'undefined', 'none'] : ['first']) {
      for (const pointer of ['', ...steps.map((one) => `/${one}`)]) told.note(`${operation} ${pointer}`, made.isDocumented(operation, pointer))
      // Asked again, what is remembered is told.
      told.note(`${operation} again`, ['', ...steps.map((one) => `/${one}`)].filter((pointer) => made.isDocumented(operation, pointer)).length)
      for (const status of [200, 404, 500, 503, 504]) {
        told.note(`${operation} ${String(status)} headers`, made.headersOf(operation, status))
        told.note(`${operation} ${String(status)} plain`, ['', 'text/plain', ' Text/Plain ;charset=utf-8', 'application/json', ';'].map((mediaType) => [made.isDeclaredPlain(operation, status, { mediaType, isEmpty: true }), made.isDeclaredPlain(operation, status, { mediaType, isEmpty: false })]))
      }
    }
    told.note('the same again', made === (await documents.of(name)))
  }
  await told.try('what is no JSON', () => documents.of(written('broken', '{')))
  await told.isThatOf('documents-answers')
})

const RULES: readonly unknown[] = [
  { kind: 'type' }, { kind: ['type', 'format'], place: '/a/b' }, { kind: 'type', place: ['**/b', '/x'] }, { kind: 'httpStatus', status: 200 }, { kind: 'httpStatus', status: [200, '404'] }, { kind: 'checkOrder', error: 'E1' }, { kind: 'checkOrder', error: ['E1', 'E2'] },
  { kind: 'behaviour', between: ['E1', 'OK'] }, { kind: 'behaviour', backend: 'E1' }, { kind: 'behaviour', stub: ['E1', 'OK'] }, { kind: 'behaviour' }, { kind: 'type', operation: 'other' }, { kind: 'type', operation: ['op', 'other'], status: 200, place: '/a/b' }, {}, { kind: [] }, 'no rule', null, { kind: 'behaviour', backend: 'E1', stub: 'OK' }, { kind: ['behaviour', 'type'] }, { kind: 'type', status: null, place: null, error: null },
]
const telling = (more: Partial<Telling>): Telling => ({ operation: 'op', kind: 'type', pointer: '/a/b', status: 200, backend: null, stub: null, ...more })
const tellings: readonly Telling[] = [
  ...driftKinds.map((kind) => telling({ kind })), ...['', '/b', '/x', '/x/b', '/a/b/c', '**/b', '/a/bb'].map((pointer) => telling({ pointer })), ...['other', 'third'].map((operation) => telling({ operation })),
  ...[null, 200, 404, 500].flatMap((status) => [telling({ kind: 'httpStatus', status }), telling({ status })]),
  ...(['behaviour', 'checkOrder', 'unlistedError'] as const).flatMap((kind) => [null, 'E1', 'E2', 'OK'].flatMap((backend) => [null, 'E1', 'OK', 'E3'].map((stub) => telling({ kind, backend, stub })))),
]

test('which open questions a difference answers', async () => {
  const told = new WrittenDown()
  const all = (node: unknown) => {
    const questions = questionsIn({ node })
    return tellings.flatMap((one, i) => { const found = questions(one); return found.length === 0 ? [] : [`${String(i)}:${found.map(({ number }) => number).join('+')}`] }).join(' ')
  }
  const asked = (rules: unknown) => ({ 'x-decision': { question: 'Q1', topic: 'topic', drift: rules } })
  await told.table('one rule of a decision', all, RULES.map((rule) => [asked(rule)] as const))
  await told.table('beside an operation', all, RULES.map((rule) => [{ operationId: 'op', ...asked([rule]) }] as const))
  await told.table('beside an error', all, RULES.map((rule) => [{ 'title': 'E1', 'x-condition': 'wrong', ...asked(rule) }] as const))
  await told.table('of an operation', all, RULES.map((rule) => [{ 'operationId': 'other', 'x-question': 'Q2', 'x-drift': rule }] as const))
  await told.table('of an error', all, [undefined, ...RULES].map((rule) => [{ 'title': 'E2', 'x-condition': 'wrong', 'x-question': 'Q3', 'x-drift': rule }] as const))
  await told.table('where a question stands', (node: unknown) => questionsIn({ node })(telling({ kind: 'notThere' })).concat(questionsIn({ node })(telling({}))), [
    [null], [[[{ 'operationId': 'op', 'x-question': 'Q' }]]], [{ 'operationId': 'op', 'x-question': 7 }], [{ 'operationId': 'op', 'x-question': 'Q', 'x-answered': 'yes' }], [{ 'operationId': 'op', 'title': 'T', 'x-question': 'Q' }], [{ 'title': 'T', 'x-question': 'Q' }], [{ 'x-question': 'Q' }], [{ 'title': 7, 'x-condition': 'c', 'x-question': 'Q' }], [{ 'title': 'T', 'x-condition': 7, 'x-question': 'Q' }],
    [{ 'x-other': { 'operationId': 'op', 'x-question': 'Q' } }], [{ 'x-operations': { a: { 'operationId': 'op', 'x-question': 'Q' } } }], [{ 'operationId': 'op', 'inner': { 'title': 'T', 'x-question': 'Q' } }], [{ 'operationId': 'none', 'x-operations': [{ 'operationId': 'op', 'x-question': 'Q' }] }], [{ 'ax-': { 'operationId': 'op', 'x-question': 'Q' } }],
    [{ 'x-decision': [{ question: 'A', topic: 'a', topicZh: '甲', drift: { kind: 'type' } }, 'none', null, { question: 'B', topic: 'b', answered: 'yes', drift: { kind: 'type' } }, { question: 3, topic: 'c', drift: { kind: 'type' } }, { topic: 'd', drift: { kind: 'type' } }, { question: 'E', drift: [{ kind: 'type' }] }, { question: 'F', topic: 'f' }] }],
    [{ 'title': 'E1', 'x-condition': 'c', 'inner': { title: 'E2', ...asked({ kind: 'type' }) } }],
  ])
  await told.isThatOf('documents-questions')
})

test('what is looked for once something is wrong, and what it is called', async () => {
  const told = new WrittenDown()
  const departure = (kind: Departure['kind'], pointer = '/a', rule?: Departure['rule']): Departure => ({ kind, pointer, message: `${kind} at ${pointer}`, ...(rule === undefined ? {} : { rule }) })
  const keywords = ['additionalProperties', 'unevaluatedProperties', 'type', 'pattern', '']
  await told.table('findingOf', (one: Departure, error: string | null | undefined) => findingOf(one, live.contract, { error, status: 207 }), [
    ...(['noJson', 'noSchema', 'unknownCode', 'unlistedError', 'status', 'body'] as const).flatMap((kind) => [null, undefined, 'E1'].map((error) => [departure(kind, '/a/0/b'), error] as const)),
    ...keywords.map((keyword) => [departure('body', '/a/0', { keyword, missing: null }), null] as const), [departure('body', '/a/0', { keyword: 'required', missing: 'b' }), null], [departure('body', '', { keyword: 'required', missing: '' }), null],
  ])
  // Judged by the usual validators the first list comes, by the whole ones the second, with how much they were given.
  const way = async (first: readonly Departure[], second: readonly Departure[] | null, size: number, isCut: boolean) => {
    const whole = Array.from({ length: size }, () => 0)
    const given: unknown[] = []
    const validators = second === null ? null : live.validators
    const subject = { contract: live.contract, validators: edu.validators }
    const found = await allDepartures(subject, { validators: () => Promise.resolve(validators) }, isCut ? firstValues(whole, live.contract) : { value: whole, cut: new Set() }, (held, value) => {
      given.push([held.validators === subject.validators ? 'usual' : 'whole', Array.isArray(value) ? value.length : value])
      return held.validators === subject.validators ? first : (second ?? [])
    })
    return [found.map(({ kind, pointer }) => `${kind} ${pointer}`), given]
  }
  const [status, body, all, absent] = [departure('status', ''), departure('body'), departure('body', '/z'), departure('body', '', { keyword: 'required', missing: 'b' })]
  await told.table('allDepartures', way, [
    [[], [all], 3, false], [[status], [all], 3, false], [[body], [all], 3, false], [[status, body], [status, all], 3, false], [[body], [], 3, false], [[body], [status], 3, false], [[body], null, 3, false], [[body], [all], 6000, false], [[body], [all], 6000, true], [[absent], [absent], 6000, true], [[absent], [absent], 6000, false], [[absent, body], null, 6000, true], [[body], [absent, all], 6000, false],
  ])
  const eduDocument = await new DriftDocuments(folder).of('none')
  const looked = (operation: string, status: number, text: string) => departuresOf(edu, { operation, read: readReply(edu.contract, operation, status, Buffer.from(text)), mediaType: 'application/json', isHead: false, isStreamed: false, isDeclaredPlain: false, callFaults: [], headers: {}, declared: [] }, { ...eduDocument, isDocumented: (_operation, pointer) => !pointer.endsWith('/new') })
  await told.table('a file, and what comes in its place', looked, ['eduDownload', 'eduListTeachers'].flatMap((operation) => ['bytes', '', '{"code":900,"new":1}', '{"code":911,"msg":"x","new":1}', '{"code":1,"new":1}', '{"new":1}', '[]'].flatMap((text) => [[operation, 200, text], [operation, 404, text]] as const)))
  await told.table('lookedAt', (isLong: boolean, count: number) => { const first = lookedAt({ json: Array.from({ length: count }, () => 0), isLong }, live.contract); return [(first.value as readonly unknown[]).length, first.cut.size] }, [[false, 6000], [true, 6000], [true, 10]])
  await told.isThatOf('documents-departures')
})
