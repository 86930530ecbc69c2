/** A project that stays in memory while its documents are edited: what it writes is what `npm run generate` would. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bundled, bundleHere } from '../scripts/generate/bundler.js'
import { bundleDocuments, documentIds } from '../scripts/generate/document.js'
import { KeptProject } from '../scripts/generate/kept.js'
import { loadProject } from '../scripts/generate/load.js'
import { findStale, generate, writeFiles } from '../scripts/generate/project.js'
import { nodeFlags } from './support/cli.js'
import { MadeUp } from './support/made-up.js'

const PACKAGE = join(import.meta.dirname, '..')

let project: MadeUp
beforeEach(() => {
  project = new MadeUp()
})
afterEach(() => {
  project.remove()
})

describe('a document that is bundled in this process', () => {
  const byProgram = (root: string, id: string) => JSON.stringify(bundleDocuments(root, [id]).get(id)?.(), null, 2)

  test.each(documentIds(PACKAGE))('is to the byte what the program of Redocly makes of openapi/%s.yaml', async (id) => {
    const file = join(PACKAGE, 'openapi', `${id}.yaml`)
    const { document, files, isSame } = await bundled(file)
    expect(files).toContain(file)
    // So the program is not asked.
    expect(isSame).toBe(true)
    expect(JSON.stringify(document, null, 2)).toBe(byProgram(PACKAGE, id))
  })

  test('is so with its parts in any order and values that YAML has words for', async () => {
    project.write('openapi/odd.yaml', ODD)
    project.write('openapi/odd/one.yaml', ODD_PART)
    project.write('openapi/odd/two.yaml', ODD_PART.replaceAll('Thing', 'Fling'))
    const { document, isSame } = await bundled(project.path('openapi/odd.yaml'))
    expect(isSame).toBe(true)
    expect(JSON.stringify(document, null, 2)).toBe(byProgram(project.root, 'odd'))
  })

  test.each([['two of its files have', ''], ['it has itself, too', 'Thing: { type: boolean }']])('leaves it to the program to name what has a name that %s', async (_, own) => {
    const second = own === '' ? 'Thing' : 'Fling'
    project.write('openapi/odd.yaml', ODD.replace('Other: { type: string }', own).replaceAll('Fling', second))
    project.write('openapi/odd/one.yaml', ODD_PART)
    project.write('openapi/odd/two.yaml', ODD_PART.replace('integer', 'string').replaceAll('Thing', second))
    expect((await bundled(project.path('openapi/odd.yaml'))).isSame).toBe(false)
    const { read, files } = await bundleHere(project.root, 'odd')
    expect([...(files ?? [])].sort()).toEqual(['openapi/odd.yaml', 'openapi/odd/one.yaml', 'openapi/odd/two.yaml'].map((file) => project.path(file)))
    expect(JSON.stringify(read(), null, 2)).toBe(byProgram(project.root, 'odd'))
  })

  test('has the words of that program for what is wrong', async () => {
    project.edit('openapi/shop.yaml', 'shop/item.yaml#/Item', 'shop/item.yaml#/Nothing')
    const { read, files } = await bundleHere(project.root, 'shop')
    expect(read).toThrow(/openapi\/shop\.yaml:\d+:\d+/)
    expect(files).toContain(project.path('openapi/shop/item.yaml'))
    project.write('openapi/shop.yaml', 'openapi: 3.1.0\n  info: {')
    const broken = await bundleHere(project.root, 'shop')
    expect(broken.files).toBeNull()
    expect(broken.read).toThrow(/openapi\/shop\.yaml.*\(2:7\)/s)
  })
})

describe('a project in memory', () => {
  /** @returns what is not as `npm run generate` would write it */
  const stale = async () => findStale(project.root, await generate(loadProject(project.root)))
  const written = (renewed: Awaited<ReturnType<KeptProject['renew']>>) => renewed.written.map(({ file }) => file)

  beforeEach(() => {
    project.write('openapi/kiosk.yaml', project.read('openapi/shop.yaml').replace('4010/shop', '4010/kiosk').replaceAll('shop/item.yaml', 'shared/item.yaml'))
    project.write('openapi/shared/item.yaml', project.read('openapi/shop/item.yaml'))
    project.edit('openapi/shop.yaml', 'title: 小店', 'title: 小店二')
  })

  test('has after an edit made anew what follows from it, and nothing else is written', async () => {
    writeFiles(project.root, await generate(loadProject(project.root)))
    const kept = new KeptProject(project.root)
    await kept.warm(() => false)
    const before = statSync(project.path('src/generated/kiosk/validators.js')).mtimeMs

    project.edit('openapi/shop.yaml', 'maxLength: 5', 'maxLength: 6')
    const renewed = await kept.renew([project.path('openapi/shop.yaml')])
    expect(renewed.problems).toEqual([])
    expect(written(renewed)).toEqual(['openapi/bundled/shop.json', 'src/generated/shop/validators.js', 'openapi/bundled/understudy.json'])
    expect(statSync(project.path('src/generated/kiosk/validators.js')).mtimeMs).toBe(before)
    expect(await stale()).toEqual([])

    // A file of one system alone, and one that two have.
    project.edit('openapi/shop/item.yaml', '钢笔', '铅笔')
    expect(written(await kept.renew([project.path('openapi/shop/item.yaml')]))).toContain('openapi/bundled/shop.json')
    expect(await stale()).toEqual([])
    project.edit('openapi/shop.yaml', 'shop/item.yaml#/Item', 'shared/item.yaml#/Item')
    await kept.renew([project.path('openapi/shop.yaml')])
    project.edit('openapi/shared/item.yaml', 'price: { type: [number', 'price: { type: [string')
    expect(written(await kept.renew([project.path('openapi/shared/item.yaml')]))).toEqual(expect.arrayContaining(['src/generated/kiosk/contract.ts', 'src/generated/shop/contract.ts']))
    expect(await stale()).toEqual([])

    // Of what nothing follows, nothing is written.
    project.edit('openapi/shop.yaml', 'openapi: 3.1.0', '# a remark\nopenapi: 3.1.0')
    expect(written(await kept.renew([project.path('openapi/shop.yaml')]))).toEqual([])
  }, 120_000)

  test('takes over what else a system is made of, and systems that come and go', async () => {
    const kept = new KeptProject(project.root)
    // Nothing has been generated yet, and everything is.
    expect(written(await kept.renew([]))).toContain('src/generated/kiosk/contract.ts')
    const edits: readonly (readonly [string, () => void])[] = [
      ['fixtures/shop/schema.yaml', () => { project.edit('fixtures/shop/schema.yaml', 'addedAt]', ']') }],
      ['openapi/conditions.yaml', () => { project.edit('openapi/conditions.yaml', 'Nothing to do', 'Nothing at all to do') }],
      ['openapi/shop.asyncapi.yaml', () => { project.write('openapi/shop.asyncapi.yaml', 'channels: { push: { address: /push } }') }],
      ['openapi/kiosk.yaml', () => { rmSync(project.path('openapi/kiosk.yaml')) }],
      ['openapi/stall.yaml', () => { project.write('openapi/stall.yaml', project.read('openapi/shop.yaml').replace('4010/shop', '4010/stall')) }],
    ]
    for (const [file, edit] of edits) {
      edit()
      expect([file, written(await kept.renew([project.path(file)]))]).not.toEqual([file, []])
      expect([file, await stale()]).toEqual([file, []])
    }
  }, 120_000)

  test('tells what is wrong for as long as it is, and has the others made meanwhile', async () => {
    const kept = new KeptProject(project.root)
    await kept.renew([])
    project.edit('fixtures/shop/schema.yaml', 'type: integer', 'type: whole')
    const { problems } = await kept.renew([project.path('fixtures/shop/schema.yaml')])
    expect(problems).toEqual([expect.stringMatching(/^openapi\/shop\.yaml: schema is invalid: data\/properties\/id\/type must be equal to one of/)])
    project.edit('openapi/kiosk.yaml', 'maxLength: 5', 'maxLength: 6')
    const renewed = await kept.renew([project.path('openapi/kiosk.yaml')])
    expect(renewed.problems).toEqual(problems)
    expect(written(renewed)).toEqual(['openapi/bundled/kiosk.json', 'src/generated/kiosk/validators.js'])
    project.edit('fixtures/shop/schema.yaml', 'type: whole', 'type: integer')
    expect((await kept.renew([project.path('fixtures/shop/schema.yaml')])).problems).toEqual([])
    expect(await stale()).toEqual([])
  }, 120_000)
})

test('the process that generates beside npm run dev ends with whoever started it', async () => {
  const child = spawn(process.execPath, [...nodeFlags, join(PACKAGE, 'scripts/dev/generate.ts')], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  child.send([])
  const said: unknown[] = []
  child.on('message', (one) => said.push(one))
  while (said.length < 2) await once(child, 'message')
  expect(said).toEqual([
    { sources: expect.arrayContaining([join(PACKAGE, 'scripts/generate/validators.ts'), join(PACKAGE, 'src/core/schemas.ts')]) as string[] },
    { written: [], problems: [], files: expect.any(Number) as number },
  ])
  child.disconnect()
  expect(await once(child, 'exit')).toEqual([0, null])
}, 60_000)

const ODD = `
x-first: { since: 2024-05-01, on: yes, octal: 017, big: 12345678901234567890, none: ~ }
components:
  schemas:
    Other: { type: string }
    7: { type: 'null' }
paths:
  /b: { get: { operationId: b, responses: { '200': { description: B, content: { application/json: { schema: { oneOf: [{ $ref: './odd/one.yaml#/Thing' }, { $ref: "./odd/two.yaml#/Fling" }, { $ref: '#/components/schemas/7' }] } } } } } } }
  /a: { get: { operationId: a, responses: { '200': { description: A, content: { application/json: { schema: { $ref: './odd/two.yaml#/Fling' } } } } } } }
webhooks: { rang: { post: { responses: { '200': { description: C } } } } }
x-last: { &anchor a: 1, b: *anchor }
externalDocs: { url: 'https://odd.example' }
tags: [{ name: odd }]
security: []
servers: [{ url: http://localhost:4010/odd }]
jsonSchemaDialect: https://json-schema.org/draft/2020-12/schema
info: { title: Odd, version: 1.0.0 }
openapi: 3.1.0
`

const ODD_PART = `
Thing: { type: object, properties: { next: { $ref: '#/Thing' }, size: { type: integer } } }
`
