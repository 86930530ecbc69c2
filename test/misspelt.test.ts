/** A name that is nearly right is an error that says which one was probably meant. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { didYouMean, guess } from '../src/core/guess.js'
import { createStub, type Stub } from '../src/index.js'
import { playwrightFixtures } from '../src/testing/index.js'
import { send } from './support/serve.js'

describe('a guess', () => {
  test.each([
    ['systms', 'systems'], ['maxSandbox', 'maxSandboxes'], ['PORT', 'port'], ['fixture', 'fixtures'], ['prot', 'port'], ['jurnal', 'journal'],
  ])('%s is %s', (word, meant) => {
    expect(guess(word, ['systems', 'port', 'fixtures', 'journal', 'maxSandboxes', 'seed'])).toBe(meant)
  })

  test.each(['', 'x', 'colour', 'verbose', 'a'.repeat(1000)])('%s is like none', (word) => {
    expect(guess(word, ['systems', 'port', 'seed'])).toBeNull()
    expect(didYouMean(word, ['systems', 'port', 'seed'])).toBe('')
  })

  test('a known name is itself, and of two the nearer one is meant', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, selector: (text) => text.toLowerCase() }), (known) => {
      for (const name of known) expect(guess(name, known)).toBe(name)
    }))
    expect(guess('box-aa', ['box-b', 'box-ab'])).toBe('box-ab')
  })
})

describe('options', () => {
  const misspelt = { systms: ['live'] } as object

  test('of createStub', async () => {
    await expect(createStub(misspelt)).rejects.toThrow(/^createStub has no option "systms"; it has systems, .*\. Did you mean "systems"\?$/)
    await expect(createStub({ colour: 'red' } as object)).rejects.toThrow(/^createStub has no option "colour"; it has [\w, ]+\.$/)
  })

  test('of the fixtures of a test runner, whether or not a stub runs already', async () => {
    for (const url of [undefined, 'http://127.0.0.1:1']) {
      const { stub: [make] } = playwrightFixtures({ ...misspelt, url })
      await expect(make({}, async () => {})).rejects.toThrow('Did you mean "systems"?')
    }
  })
})

describe('a system', () => {
  let stub: Stub
  beforeAll(async () => {
    stub = await createStub({ systems: ['live', 'trid'] })
  })
  afterAll(() => stub.close())

  test('in a URL: a page of another origin can read the sentence, and asks first as it would anywhere', async () => {
    for (const place of ['', '/@alice']) {
      const url = `${stub.url}${place}/lvie/auth/login`
      const asked = await send(url, { method: 'OPTIONS', headers: { origin: 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' } })
      expect([asked.status, asked.headers.get('access-control-allow-headers')]).toEqual([204, 'content-type'])
      const answer = await send(url, { method: 'POST', headers: { origin: 'https://app.example' }, body: {} })
      for (const { headers } of [asked, answer]) {
        expect(headers.get('access-control-allow-origin')).toBe('https://app.example')
        expect(headers.get('access-control-allow-credentials')).toBe('true')
        expect(headers.get('vary')).toBe('Origin')
      }
      expect(answer.json).toMatchObject({ status: 404, detail: 'No system answers here. Did you mean "/live"? Put one of these in front of the path: /live, /trid. The control plane is at /__admin.' })
    }
    const name = await send(`${stub.url}/@..a/live`, { headers: { origin: 'https://app.example' } })
    expect([name.status, name.headers.get('access-control-allow-origin')]).toEqual([400, 'https://app.example'])
    expect((await send(`${stub.url}/lvie`)).headers.get('access-control-allow-origin')).toBeNull()
  })

  test('in a test', async () => {
    const box = await stub.sandbox()
    expect(() => box.baseUrl('lvie')).toThrow('it plays live, trid. Did you mean "live"?')
    const refused = async (call: Promise<unknown>) => String(await call.then(() => 'it was carried out', (error: unknown) => error))
    expect(await refused(box.maintenance.on('lvie'))).toContain('Did you mean "live"?')
    expect(await refused(box.faults.next('live', 'liveLogn' as 'liveLogin', { kind: 'drop' }))).toContain('Did you mean "liveLogin"?')
    expect(await refused(box.faults.next('live', 'liveLogin', { error: 'API_INVALID_AUTHCODE' as 'API_OK' }))).toContain('Did you mean "API_INVALID_AUTH_CODE"?')
    expect(await refused(box.scenario('nobody-on-ear'))).toContain('Did you mean "nobody-on-air"?')
    expect(await refused(stub.sandbox({ nme: 'x' } as object))).toContain('"nme" is no field of the body (did you mean "name"?)')
    await box.delete()
  })
})
