/** The mode `compare`: what the stub and a real backend answer to the same call, held against each other. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { type Box, createStub, type Stub } from '../src/index.js'
import { isObject } from '../src/plain/json.js'
import { flows, json, logins, PHONE, type System, systems } from './backends/flows.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()

async function stubOf(options: NonNullable<Parameters<typeof createStub>[0]>): Promise<Stub> {
  const stub = await createStub(options)
  closing.push(() => stub.close())
  return stub
}

/** A sandbox that is compared with one of another stub, which has the same records. */
async function besideTheSame(system: System): Promise<{ readonly box: Box; readonly there: Box }> {
  const there = await (await stubOf({ systems: [system] })).sandbox()
  const stub = await stubOf({ systems: [system], backends: { [system]: { url: there.baseUrl(system), mode: 'compare', sameData: true } } })
  return { box: await stub.sandbox(), there }
}

/** Everything that can be read of a system, by the examples of its contract. */
async function readsOf(system: System): Promise<readonly string[]> {
  const document: unknown = JSON.parse(await readFile(new URL(`../openapi/bundled/${system}.json`, import.meta.url), 'utf8'))
  const paths = isObject(document) && isObject(document['paths']) ? Object.entries(document['paths']) : []
  return paths.flatMap(([path, item]) => {
    const get = isObject(item) ? item['get'] : undefined
    if (!isObject(item) || !isObject(get)) return []
    const parameters = [item['parameters'] ?? [], get['parameters'] ?? []].flat().flatMap((one: unknown) => resolved(document, one))
    const valueOf = ({ example, examples }: Readonly<Record<string, unknown>>) => {
      const value = example ?? Object.values(isObject(examples) ? examples : {}).map((one) => (isObject(one) ? one['value'] : '')).at(0)
      return encodeURIComponent(typeof value === 'string' || typeof value === 'number' ? value : 1)
    }
    const filled = parameters.filter((one) => one['in'] === 'path').reduce((url, one) => url.replace(`{${String(one['name'])}}`, valueOf(one)), path)
    const query = parameters.filter((one) => one['in'] === 'query' && one['required'] === true).map((one) => `${String(one['name'])}=${valueOf(one)}`)
    return [`/${system}${filled}${query.length === 0 ? '' : `?${query.join('&')}`}`]
  })
}

function resolved(document: unknown, one: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!isObject(one)) return []
  const reference = one['$ref']
  if (typeof reference !== 'string') return [one]
  const found = reference.slice(2).split('/').reduce<unknown>((node, step) => (isObject(node) ? node[step] : undefined), document)
  return isObject(found) ? [found] : []
}

const told = async (box: Box) => (await box.backends.drift()).drift.map(({ operationId, kind, pointer, last }) => `${operationId} ${kind} ${pointer}: ${last.message}`)

describe('a backend that behaves like the stub, with the same records', () => {
  test.each(systems)('%s: nothing is found over a whole story and everything that can be read', async (system) => {
    const { box } = await besideTheSame(system)
    await flows[system](box)
    const headers = await logins[system](box)
    for (const url of await readsOf(system)) if (!/out\/?$/.test(url)) await box.fetch(url, { headers, redirect: 'manual' })
    // What streams through, such as a file, is not looked at, and must not be found wanting.
    await box.backends.set(system, { url: (await box.backends.get(system)).url ?? '', mode: 'real' })
    const real = await logins[system](box)
    for (const url of await readsOf(system)) if (!/out\/?$/.test(url)) await box.fetch(url, { headers: real, redirect: 'manual' }).then((answer) => answer.arrayBuffer())
    expect(await told(box)).toEqual([])
    expect((await box.backends.drift()).calls.reduce((sum, { asked }) => sum + asked, 0)).toBeGreaterThan(2)
  })
})

describe('with the same records', () => {
  test('another value is found, and so is a list of another length; ids, tokens and moments are each side\'s own', async () => {
    const { box, there } = await besideTheSame('live')
    const headers = await logins.live(box)
    const channels = () => box.fetch('/live/channels/live', { headers })
    await channels()
    expect(await told(box)).toEqual([])
    const [channel] = await there.db('live').list('channels', { status: 1 })
    const id = String(channel?.id)
    await there.db('live').update('channels', id, { title: 'Another title', visit_count: 77_000 })
    await channels()
    const found = await told(box)
    expect(found).toHaveLength(2)
    expect(found[0]).toMatch(/^liveListChannels behaviour \/channels\/\*\/title: .* "Another title" at the backend$/)
    expect(found[1]).toMatch(/^liveListChannels behaviour \/channels\/\*\/visit_count: .* 77000 at the backend$/)
    await box.backends.clearDrift()
    await there.db('live').delete('channels', id)
    await channels()
    expect(await told(box)).toContainEqual(expect.stringMatching(/^liveListChannels behaviour \/channels: \/channels has 2 items at the stub, 1 at the backend$/))
  })

  test('is said of a backend, shown, and kept while its host stays the same', async () => {
    const { box, there } = await besideTheSame('live')
    const url = there.baseUrl('live')
    expect(await box.backends.get('live')).toMatchObject({ sameData: true })
    await box.backends.set('live', { url, mode: 'real' })
    expect(await box.backends.get('live')).toMatchObject({ mode: 'real', sameData: true })
    await box.backends.set('live', { url, sameData: false })
    expect(await box.backends.get('live')).not.toHaveProperty('sameData')
    await box.backends.set('live', { url, sameData: true })
    await box.backends.set('live', { url: 'http://127.0.0.1:1' })
    expect(await box.backends.get('live')).not.toHaveProperty('sameData')
    await expect(createStub({ systems: ['live'], backends: { live: { url, sameData: 'yes' as unknown as boolean } } })).rejects.toThrow('sameData is true or false')
  })
})

/** A backend of live that answers a call to this end of a path in its own way, and as the stub does else. */
async function besideOne(at: string, status: number, body: unknown, type = 'application/json'): Promise<Box> {
  const there = await (await stubOf({ systems: ['live'] })).sandbox()
  const backend = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      if (path.endsWith(at) || path.startsWith(`${at}?`)) {
        response.writeHead(status, { 'content-type': type }).end(typeof body === 'string' ? body : JSON.stringify(body))
        return
      }
      const { authorization = '' } = request.headers
      void there.fetch(`/live${path}`, { method: request.method ?? 'GET', headers: { 'content-type': 'application/json', ...(authorization !== '' && { authorization }) }, ...(chunks.length > 0 && { body: Buffer.concat(chunks) }) }).then(async (answer) => {
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
      })
    })
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => backend.close(resolve)))
  const url = `http://127.0.0.1:${String((backend.address() as AddressInfo).port)}` // it listens on TCP
  return (await stubOf({ systems: ['live'], backends: { live: { url, mode: 'compare' } } })).sandbox()
}

describe('with records of its own', () => {
  const user = { id: 9, nickname: 'Somebody', avatar: '', gender: 1, bio: 'as it was', mobile: '13800003009' }

  test('other people are no difference, but what the call itself has said is', async () => {
    const box = await besideOne('/users/my', 200, { code: 2000, desc: 'fine', user })
    const headers = await logins.live(box)
    await box.fetch('/live/users/my', { headers })
    expect(await told(box)).toEqual([])
    await box.fetch('/live/users/my', json({ bio: 'as it is now' }, headers))
    expect(await told(box)).toEqual(['liveUpdateMe behaviour /user/bio: /user/bio is what the call said at the stub, and something else at the backend'])
  })

  test('a form is found in whichever record it is', async () => {
    const channel = (id: number, started_at: number) => ({ id, title: 'a', thumbnail: '', desc: '', status: 1, visit_count: 3, like_count: 1, started_at, owner: { id: 7, nickname: 'b', bio: '', avatar: '', gender: null, mobile: null } })
    const box = await besideOne('/channels/live', 200, { code: 2000, desc: 'ok', count: 2, channels: [channel(1, 1_763_600_000), channel(2, 1_763_600_000_000)] })
    await box.fetch('/live/channels/live', { headers: await logins.live(box) })
    expect(await told(box)).toContainEqual('liveListChannels format /channels/*/started_at: /channels/*/started_at is a moment in seconds at the stub, a moment in milliseconds at the backend')
  })

  test('a login or a dead session that there is on the backend\'s side alone leaves the answer what it is at the stub', async () => {
    const beginning = await besideOne('/auth/login', 200, { code: 2000, desc: 'ok', api_key: 'b'.repeat(32), mobile: PHONE })
    await beginning.fetch(`/live/auth/code?mobile=${PHONE}`)
    expect(await (await beginning.fetch('/live/auth/login', json({ mobile: PHONE, auth_code: '000000' }))).json()).toMatchObject({ code: 4011 })
    expect(await beginning.sessions.list({ system: 'live' })).toEqual([])
    const refusing = await besideOne('/auth/code', 200, { code: 4010, desc: 'unauthorized' })
    expect(await (await refusing.fetch(`/live/auth/code?mobile=${PHONE}`)).json()).toMatchObject({ code: 2000 })
  })

  test('another error, a refusal in the place of a success and another HTTP status are told with both answers', async () => {
    for (const [status, body, expected] of [
      [200, { code: 4011, desc: 'invalid' }, { kind: 'behaviour', error: 'API_INVALID_AUTH_CODE', expected: 'API_OK' }],
      [503, { code: 2000, desc: 'ok', api_key: 'b'.repeat(32), mobile: PHONE }, { kind: 'httpStatus', error: null, expected: null }],
    ] as const) {
      const box = await besideOne('/auth/login', status, body)
      await logins.live(box)
      expect((await box.backends.drift()).drift.filter(({ operationId, kind }) => operationId === 'liveLogin' && kind !== 'missingField')).toMatchObject([expected])
    }
    const box = await besideOne('/auth/login', 200, { code: 4000, desc: 'bad request' })
    await box.fetch(`/live/auth/code?mobile=${PHONE}`)
    await box.fetch('/live/auth/login', json({ mobile: PHONE, auth_code: '000000' }))
    expect((await box.backends.drift()).drift).toMatchObject([{ kind: 'checkOrder', error: 'API_BAD_REQUEST', expected: 'API_INVALID_AUTH_CODE' }])
  })

  test.each([['compare', 502], ['real', 502], ['real-or-stub', 502], ['compare', 404], ['real', 404], ['real-or-stub', 404]] as const)('a page in place of an answer is told alike: %s, HTTP %i', async (mode, status) => {
    const box = await besideOne('/channels/live', status, '<h1>no</h1>', 'text/html')
    await box.backends.set('live', { url: (await box.backends.get('live')).url ?? '', mode })
    await box.fetch('/live/channels/live')
    const { drift } = await box.backends.drift()
    expect(drift.map(({ kind, last }) => [kind, last.status])).toEqual([[status === 404 ? 'notThere' : 'notJson', status]])
  })
})
