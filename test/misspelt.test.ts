/** A name that is nearly right is an error that says which one was probably meant. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { didYouMean, guess } from '../src/core/guess.js'
import { connect, createStub, type Stub } from '../src/index.js'
import { playwrightFixtures } from '../src/testing/index.js'
import { understudy } from './support/cli.js'
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

  test('is made where a third of the letters are wrong at the most, however they are: put in, left out, changed or swapped with their neighbour', () => {
    /** The same by trying every way, from the front. */
    const mistakes = (from: string, to: string): number => {
      if (from === '' || to === '') return from.length + to.length
      if (from[0] === to[0]) return mistakes(from.slice(1), to.slice(1))
      const isSwapped = from.length > 1 && to.length > 1 && from[0] === to[1] && from[1] === to[0]
      const ways = [mistakes(from.slice(1), to), mistakes(from, to.slice(1)), mistakes(from.slice(1), to.slice(1)), isSwapped ? mistakes(from.slice(2), to.slice(2)) : Number.POSITIVE_INFINITY]
      return 1 + Math.min(...ways)
    }
    const words = [''].concat(...Array.from({ length: 4 }, (_, i) => Array.from({ length: 3 ** (i + 1) }, (_, n) => Array.from({ length: i + 1 }, (_, at) => 'abc'[Math.floor(n / 3 ** at) % 3] ?? '').join(''))))
    const wrong = words.flatMap((word) => words.filter((name) => (guess(word, [name]) !== null) !== (mistakes(word, name) <= Math.ceil(Math.max(word.length, name.length) / 3))).map((name) => `${word} ${name}`))
    expect(wrong).toEqual([])
    expect([guess('ocnifgure', ['configure']), guess('ocnifgrue', ['configure']), guess('ocinfgrue', ['configure'])]).toEqual(['configure', 'configure', null])
  })
})

describe('options', () => {
  const misspelt = { systms: ['live'] } as object

  test('of createStub', async () => {
    await expect(createStub(misspelt)).rejects.toThrow(/^createStub has no option "systms"; it has systems, .*\. Did you mean "systems"\?$/)
    await expect(createStub({ colour: 'red' } as object)).rejects.toThrow(/^createStub has no option "colour"; it has [\w, ]+\.$/)
  })

  test.each<[object | null, string]>([
    [{ systems: 'live' }, 'systems is "live"; it has to be a list of ids or systems, such as ["live"]'],
    [{ port: 'x' }, 'port is "x"; it has to be a whole number up to 65535; 0 takes a free port'],
    [{ port: 70_000 }, 'port is 70000; it has to be a whole number up to 65535; 0 takes a free port'],
    [{ allowedOrigins: 'http://localhost:5173' }, 'allowedOrigins is "http://localhost:5173"; it has to be a list of origins, such as ["http://localhost:5173"]'],
    [{ seed: 'abc' }, 'seed is "abc"; it has to be a whole number'],
    [{ scale: 'many' }, 'scale is "many"; it has to be a whole number that is not negative'],
    [{ maxMemory: '1mb' }, 'maxMemory is "1mb"; it has to be 512mb, 2gb or a number of bytes; 32mb at the least'],
    [{ sockets: { frames: 1 } }, 'sockets has no option "frames"; it has frame, backlog, perSandbox. Did you mean "frame"?'],
    [{ sockets: { frame: '1kb' } }, 'sockets is {"frame":"1kb"}; it has to be an object of whole numbers: frame, backlog, perSandbox'],
    [{ report: 'console' }, 'report is "console"; it has to be a function'],
    [{ listen: false, mountedAt: '/backend' }, 'mountedAt is "/backend"; it has to be a URL such as http://localhost:3000/backend'],
    [null, 'createStub was given null; it takes its options as an object, such as { systems: ["live"] }'],
    [['live'], 'createStub was given ["live"]; it takes its options as an object, such as { systems: ["live"] }'],
  ])('of createStub that are not what they have to be: %j', async (given, complaint) => {
    await expect(createStub(given as object)).rejects.toThrow(new TypeError(complaint))
  })

  test('of createStub that are undefined are left out', async () => {
    await using stub = await createStub({ systems: ['live'], seed: undefined, journal: undefined } as object)
    expect(await stub.health()).toMatchObject({ seed: '1' })
  })

  test('of the fixtures of a test runner, whether or not a stub runs already', async () => {
    for (const url of [undefined, 'http://127.0.0.1:1']) {
      const { stub: [make] } = playwrightFixtures({ ...misspelt, url })
      await expect(make({}, async () => {})).rejects.toThrow('Did you mean "systems"?')
    }
  })
})

describe('the URL of a stub', () => {
  test.each(['/live', '/@alice/live', '/__admin', '/live/auth/login'])('with %s behind it is none, and the sentence says what to leave out', async (rest) => {
    await using stub = await createStub({ systems: ['live', 'trid'] })
    const complaint = `"${stub.url}${rest}" is no URL of a stub; leave out ${rest}: ${stub.url}`
    await expect(connect(`${stub.url}${rest}`)).rejects.toThrow(new Error(complaint))
    if (rest === '/live') expect(await understudy(['ctl', '--url', `${stub.url}${rest}`, 'sms'])).toMatchObject({ code: 1, stdout: '', stderr: `error: ${complaint}\n` })
  })

  test('that asks for a token is found as well, and so is one below a path', async () => {
    await using guarded = await createStub({ systems: ['live', 'trid'], adminToken: 'open-sesame' })
    await expect(connect(`${guarded.url}/live`)).rejects.toThrow('leave out /live')
    const mounted = await createStub({ systems: ['live', 'trid'], listen: false })
    const server = createServer((request, response) => {
      const { url = '' } = request
      request.url = url.slice('/backend'.length)
      if (url.startsWith('/backend/')) mounted.handler(request, response)
      else response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/backend`
      expect((await connect(base)).systems).toEqual(['live', 'trid'])
      await expect(connect(`${base}/@alice/live`)).rejects.toThrow(`leave out /@alice/live: ${base}`)
    } finally {
      server.close()
      await mounted.close()
    }
  })

  test('with a system in it, where that system alone stands at the root', async () => {
    await using stub = await createStub({ systems: ['live'] })
    await expect(connect(`${stub.url}/live`)).rejects.toThrow(`leave out /live: ${stub.url}`)
  })
})

describe('a system', () => {
  let stub: Stub
  beforeAll(async () => {
    stub = await createStub({ systems: ['live', 'trid', 'job'] })
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
      expect(answer.json).toMatchObject({ status: 404, detail: 'No system answers here. Did you mean "/live"? Put one of these in front of the path: /live, /trid, /job. The control plane is at /__admin.' })
    }
    expect((await send(`${stub.url}/foo`)).json).toMatchObject({ detail: expect.stringMatching(/^No system answers here\. Put /) as unknown })
    const name = await send(`${stub.url}/@..a/live`, { headers: { origin: 'https://app.example' } })
    expect([name.status, name.headers.get('access-control-allow-origin')]).toEqual([400, 'https://app.example'])
    expect((await send(`${stub.url}/lvie`)).headers.get('access-control-allow-origin')).toBeNull()
  })

  test('in a test', async () => {
    const box = await stub.sandbox()
    expect(() => box.baseUrl('lvie')).toThrow('it plays job, live, trid. Did you mean "live"?')
    const refused = async (call: Promise<unknown>) => String(await call.then(() => 'it was carried out', (error: unknown) => error))
    expect(await refused(box.maintenance.on('lvie'))).toContain('Did you mean "live"?')
    expect(await refused(box.faults.next('live', 'liveLogn' as 'liveLogin', { kind: 'drop' }))).toContain('Did you mean "liveLogin"?')
    expect(await refused(box.faults.next('live', 'liveLogin', { error: 'API_INVALID_AUTHCODE' as 'API_OK' }))).toContain('Did you mean "API_INVALID_AUTH_CODE"?')
    expect(await refused(box.scenario('nobody-on-ear'))).toContain('Did you mean "nobody-on-air"?')
    expect(await refused(stub.sandbox({ nme: 'x' } as object))).toContain('"nme" is no field of the body (did you mean "name"?)')
    await box.delete()
  })
})
