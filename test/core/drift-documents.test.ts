/** What the document of a system says of its answers; and of one that came without a document. */
import { mkdtempSync, rmSync } from 'node:fs'
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
