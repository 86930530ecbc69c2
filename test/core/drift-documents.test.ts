/** What the document of a system says of its answers; and of one that came without a document. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { DriftDocuments } from '../../src/core/drift/documents.js'
import { live } from '../../src/systems/live/index.js'

const empty = mkdtempSync(join(tmpdir(), 'understudy-documents-'))
afterAll(() => {
  rmSync(empty, { recursive: true })
})

test('a system without a document is held against its tables alone: nothing is undocumented, no header is missed, no question is named', async () => {
  const document = await new DriftDocuments(empty).of('live')
  expect(document.isDocumented('liveLogin', '/new')).toBe(true)
  expect(document.headersOf('liveLogin', 200)).toEqual([])
  expect(document.isDeclaredPlain('liveLogin', 200, { mediaType: 'text/plain', isEmpty: true })).toBe(false)
  expect(await document.validators(live.contract)).toBeNull()
  expect(document.questionsOf({ operation: 'liveLogin', kind: 'undocumentedField', pointer: '/new', status: 200, backend: null, stub: null })).toEqual([])
})

test('an answer counts as one without JSON only where the document declares none with it', async () => {
  const declaring = (...types: readonly string[]) => ({ responses: { 200: { content: Object.fromEntries(types.map((type) => [type, {}])) } } })
  const paths = Object.entries({
    page: declaring('text/html'), list: declaring('application/json'), problem: declaring('application/problem+json'), either: declaring('text/html', 'application/json'),
    sequence: declaring('application/json-seq'), oldWord: declaring('application/xjson'), nothing: declaring(),
  }).map(([operationId, node]) => [`/${operationId}`, { get: { operationId, ...node } }])
  writeFileSync(join(empty, 'written.json'), JSON.stringify({ paths: Object.fromEntries(paths) as unknown }))
  const document = await new DriftDocuments(empty).of('written')
  const plain = (operation: string, mediaType: string, isEmpty = false) => document.isDeclaredPlain(operation, 200, { mediaType, isEmpty })
  expect([plain('page', 'Text/HTML; charset=utf-8'), plain('sequence', 'application/json-seq'), plain('oldWord', 'application/xjson'), plain('nothing', '', true)]).toEqual([true, true, true, true])
  expect([plain('page', 'text/plain'), plain('list', 'application/json'), plain('problem', 'application/problem+json'), plain('either', 'text/html'), plain('nothing', 'text/html')]).toEqual([false, false, false, false, false])
})

test('a schema that is made of itself is looked at to an end', async () => {
  const made = { allOf: [{ $ref: '#/components/schemas/Made' }], properties: { known: {} } }
  const get = { operationId: 'made', responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Made' } } } } } }
  writeFileSync(join(empty, 'made.json'), JSON.stringify({ paths: { '/made': { get } }, components: { schemas: { Made: made } } }))
  const document = await new DriftDocuments(empty).of('made')
  expect([document.isDocumented('made', '/known'), document.isDocumented('made', '/new')]).toEqual([true, false])
})

test('what an object may hold beside its named fields is documented, by whichever word the schema allows it', async () => {
  const named = { type: 'object', properties: { known: {} } }
  const properties = {
    closed: { ...named, additionalProperties: false }, silent: named, any: { ...named, additionalProperties: true }, described: { ...named, additionalProperties: { type: 'string' } },
    patterned: { ...named, patternProperties: { '^x': {} } }, blank: { type: 'object' },
  }
  const get = { operationId: 'open', responses: { 200: { content: { 'application/json': { schema: { type: 'object', properties } } } } } }
  writeFileSync(join(empty, 'open.json'), JSON.stringify({ paths: { '/open': { get } } }))
  const document = await new DriftDocuments(empty).of('open')
  expect(Object.keys(properties).filter((name) => document.isDocumented('open', `/${name}/new`))).toEqual(['any', 'described', 'patterned', 'blank'])
  expect(Object.keys(properties).filter((name) => !document.isDocumented('open', `/${name}/known`))).toEqual([])
})

test('of headers that are described elsewhere those are known that are described at all', async () => {
  const headers = { 'X-Here': { required: true, schema: { const: 'a' } }, 'X-There': { $ref: '#/components/headers/There' }, 'X-Nowhere': { $ref: '#/components/headers/Nowhere' } }
  const get = { operationId: 'headed', responses: { 200: { headers } } }
  writeFileSync(join(empty, 'headed.json'), JSON.stringify({ paths: { '/headed': { get } }, components: { headers: { There: { schema: { minLength: 1 } } } } }))
  const document = await new DriftDocuments(empty).of('headed')
  expect(document.headersOf('headed', 200)).toEqual([
    { name: 'x-here', isRequired: true, only: 'a', form: null, mayBeEmpty: true },
    { name: 'x-there', isRequired: false, only: null, form: null, mayBeEmpty: false },
  ])
})
