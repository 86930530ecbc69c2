import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createStub } from '../src/index.js'
import { addFault, at, type Box, kindOf, serveControl } from './support/control.js'

const { admin, box } = await serveControl(['edu', 'live', 'trid'])
/** Another server, started at another time: what a colleague has who gets the file. */
const { box: elsewhere } = await serveControl(['edu', 'live', 'trid'], { seed: 99, time: { now: () => 1_900_000_000_000 } })
const { box: smaller } = await serveControl(['live'])
const { box: large } = await serveControl(['job'], { scale: 40 })
const { box: small } = await serveControl(['job'])

const code = ({ call }: Box, mobile = '13800003001') => call(`/live/auth/code?mobile=${mobile}`)
const login = ({ call }: Box, mobile = '13800003001') => call('/live/auth/login', { method: 'POST', body: { mobile, auth_code: '123456' } })
const snapshot = async ({ admin: here }: Box) => (await here('GET', '/snapshot')).json ?? {}

/** A story that shows times of the world, tokens, new ids and faults of chance. */
async function story(here: Box): Promise<string[]> {
  const answers = [await code(here), await login(here), await code(here, '13800003950'), await login(here, '13800003950')]
  const authorization = Buffer.from(String(answers[1]?.json?.['api_key'])).toString('base64')
  for (let i = 0; i < 10; i++) answers.push(await here.call('/live/channels/live?l=100', { headers: { authorization } }))
  answers.push(await here.call('/trid/index.php?r=user/sms-validation-code', { method: 'POST', body: { type: 'sms_validation_code', tel: '13800005001', time: '1', code: '123456' } }))
  return answers.map(({ status, text, headers }) => `${String(status)} ${headers.get('date') ?? ''} ${text}`)
}

describe('a sandbox at a glance', () => {
  test('tells of each system who is logged in, what has changed, and how many calls came in each minute', async () => {
    const here = box('glanced')
    await here.admin('POST', '/clock/freeze')
    const before = await here.admin('GET', '/overview')
    const minutes = (...last: number[]) => [...Array.from({ length: 30 - last.length }, () => 0), ...last]
    await code(here)
    await here.admin('POST', '/clock/advance', { by: '2m' })
    await code(here, '13800003950')
    await login(here, '13800003950')
    const after = await here.admin('GET', '/overview')
    // Whoever logs in for the first time is made a user.
    expect(at(after, 'systems.1')).toEqual({ system: 'live', sessions: Number(at(before, 'systems.1.sessions')) + 1, changed: 1, violation: null, perMinute: minutes(1, 0, 2) })
    expect(at(after, 'systems.2')).toEqual(at(before, 'systems.2'))
    await here.admin('POST', '/reset')
    expect((await here.admin('GET', '/overview')).json).toEqual(before.json)
  })

  test('is looked at without being made', async () => {
    const here = box('never-made')
    expect((await here.admin('GET', '/overview')).status).toBe(200)
    expect((await here.admin('GET', '')).status).toBe(404)
  })
})

describe('a snapshot', () => {
  test('restored in another process, it goes on with the same answers, byte for byte', async () => {
    const here = box()
    await here.admin('POST', '/clock/freeze')
    await code(here)
    await login(here)
    await here.admin('PUT', '/scenario', { name: 'busy-channels' })
    await here.admin('PATCH', '/sms/settings', { system: 'edu', source: 'sequence' })
    await here.admin('PUT', '/settings', { system: 'edu', settings: { httpStatus: 'always200' } })
    await here.admin('PUT', '/maintenance', { system: 'edu', status: 'upgrading' })
    await addFault(here, { kind: 'status', status: 503 }, { operationId: 'liveListChannels', probability: 0.5 })
    const file = await here.admin('GET', '/snapshot')
    const there = elsewhere()
    const restored = await there.admin('PUT', '/snapshot', file.text)
    expect(restored.json).toMatchObject({ requests: 2, journal: 0, faults: 1, maintenance: ['edu'], frozen: true })
    expect((await there.admin('GET', '/snapshot')).text).toBe(file.text)
    const played = await story(here)
    expect(await story(there)).toEqual(played)
    expect(new Set(played).size).toBeGreaterThan(4)
    expect((await there.admin('GET', '/snapshot')).text).toBe((await here.admin('GET', '/snapshot')).text)
    await there.admin('POST', '/reset')
    expect(await snapshot(there)).toMatchObject({ seed: '99', boot: 1_900_000_000_000, requests: 0, faults: [] })
  })

  test('brings the size of its world along', async () => {
    const [here, there] = [large(), small()]
    const jobs = async (of: Box) => (await of.admin('GET', '/db/job')).text
    const own = await jobs(there)
    expect(own).not.toBe(await jobs(here))
    await there.admin('PUT', '/snapshot', await snapshot(here))
    expect(await jobs(there)).toBe(await jobs(here))
    await there.admin('POST', '/reset')
    expect(await jobs(there)).toBe(own)
  })

  test('of a world that is larger than this server makes is refused at once', async () => {
    const there = small()
    const content = await snapshot(there)
    const answer = await there.admin('PUT', '/snapshot', { ...(content as object), scale: 1_000_000 })
    expect([kindOf(answer), answer.text]).toEqual(['snapshot-misfit', expect.stringContaining('--scale 1000000')])
    expect((await large().admin('PUT', '/snapshot', { ...(await snapshot(large()) as object), scale: 1001 })).text).toContain('makes 1000 at the most')
  })

  test('of nonsense is refused with what is wrong of it first, however much that is', async () => {
    const { admin } = box()
    const wrong = JSON.stringify({ faults: Array.from({ length: 300_000 }, () => 1), systems: { live: { store: { users: { put: Array.from({ length: 300_000 }, () => 1) } } } }, ...Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`f${String(i)}`, i])) })
    for (const body of [wrong, wrong.slice(0, 1_500_000), `${wrong.slice(0, -1)},`]) {
      const answer = await admin('PUT', '/snapshot', body)
      expect([kindOf(answer), answer.text.length < 10_000]).toEqual(['invalid-request', true])
    }
    const known = await admin('PUT', '/snapshot', wrong.replace(/,"f0":.*/, '}'))
    expect(kindOf(known)).toBe('invalid-request')
    expect(at(known, 'errors')).toHaveLength(10)
  })

  test('of many servers are restored up to a number, and have room again when sandboxes go', async () => {
    const there = small()
    const content = await snapshot(there)
    const restore = (i: number) => small(`origin-${String(i)}`).admin('PUT', '/snapshot', { ...(content as object), boot: 1_700_000_000_000 + i })
    const answers = await Promise.all(Array.from({ length: 17 }, (_, i) => restore(i)))
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array.from({ length: 16 }, () => 200), 507])
    expect((await restore(3)).status).toBe(200)
    expect(kindOf(await restore(99))).toBe('no-room')
    await small('origin-3').delete()
    expect((await restore(99)).status).toBe(200)
  })

  test('that has counted as far as one may is counted on from, and one that has counted further is refused', async () => {
    const there = box()
    const content = await snapshot(there)
    const counted = (count: number) => there.admin('PUT', '/snapshot', { ...(content as object), requests: count, nextFault: count, era: count })
    expect((await counted(1e12)).status).toBe(200)
    await code(there)
    await addFault(there, { kind: 'latency', min: 0 })
    await there.admin('POST', '/reset')
    await addFault(there, { kind: 'latency', min: 0 })
    expect((await there.admin('GET', '/snapshot')).status).toBe(200)
    expect((await counted(1e12)).status).toBe(200)
    const further = await counted(1e12 + 1)
    expect([further.status, kindOf(further), further.text]).toEqual([422, 'snapshot-misfit', expect.stringContaining('its requests, 1000000000001, is more than 1000000000000')])
  })

  test('a running clock runs on', async () => {
    const [here, there] = [box(), box()]
    await here.admin('PUT', '/clock', { now: '2030-01-01T00:00:00Z' })
    await there.admin('PUT', '/snapshot', await snapshot(here))
    expect((await there.admin('GET', '/clock')).json).toMatchObject({ frozen: false, now: expect.stringMatching(/^2030-01-01T00:0/) as unknown })
  })

  test('that does not fit is refused, and nothing changes', async () => {
    const here = box()
    await here.admin('POST', '/clock/freeze')
    await code(here)
    await login(here)
    const good = await snapshot(here)
    const store = (collection: string, put: unknown[], system = 'live') => ({ ...good, systems: { ...(good['systems'] as object), [system]: { smsSource: 'fixed', outages: [], settings: {}, maintenance: null, store: { [collection]: { put, deleted: [] } } } } })
    const user = { id: 50, mobile: '13800003050', nickname: 'x', bio: '', avatar: '', gender: null }
    const refused = async (file: unknown) => {
      const answer = await here.admin('PUT', '/snapshot', file)
      expect([answer.status, kindOf(answer)], answer.text).toEqual([422, 'snapshot-misfit'])
      return String(at(answer, 'detail'))
    }
    const form = new FormData()
    form.append('upload', new Blob(['hello']), 'a.txt')
    const uploaded = box()
    expect((await fetch(`${uploaded.url}/edu/upload`, { method: 'POST', body: form })).status).toBe(200)
    expect(await refused({ ...(await snapshot(uploaded)), files: {} })).toMatch(/^.*edu\/files names a file that does not come along: "[0-9a-f]{64}"/)
    expect(await refused({ ...good, format: 'postman' })).toContain('its format is "postman"')
    expect(await refused({ ...good, version: 2 })).toContain('reads version 1')
    expect(await refused({ ...good, boot: 1e16 })).toContain('no moment')
    expect(await refused({ ...good, systems: {} })).toContain('it holds none, but this server plays edu, live, trid')
    expect(await refused(store('rooms', []))).toContain('live has no collection "rooms"')
    expect(await refused(store('users', [{ ...user, age: 3 }]))).toContain('live/users breaks its schema')
    expect(await refused(store('sessions', [{ id: 's' }]))).toContain('live/sessions breaks its schema')
    expect(await refused(store('users', [{ ...user, mobile: '13800003001' }]))).toContain('two records of users have the same mobile')
    expect(await refused(store('_sequences', [{ name: 'x', value: 'y' }]))).toContain('a counter')
    const control = (patch: object) => ({ ...good, systems: { ...(good['systems'] as object), live: { smsSource: 'fixed', outages: [], settings: {}, maintenance: null, store: {}, ...patch } } })
    expect(await refused(control({ outages: ['weather'] }))).toContain('does not know the outage "weather"')
    expect(await refused(control({ settings: { a: 1 } }))).toContain('no setting "a"')
    const rule = { id: 'fault-1', system: 'live', operationId: '*', fault: { kind: 'error', code: 1 }, times: null, probability: 1, matched: 0, fired: 0 }
    expect(await refused({ ...good, faults: [rule] })).toContain('the fault rule "fault-1"')
    const drop = { ...rule, fault: { kind: 'drop' } }
    expect(await refused({ ...good, faults: [drop, drop] })).toContain('the same id')
    expect(kindOf(await here.admin('PUT', '/snapshot', { format: 'understudy-snapshot' }))).toBe('invalid-request')
    expect(kindOf(await here.admin('PUT', '/snapshot', { ...good, clock: { now: '0001-01-01T00:00:00Z', frozen: true } }))).toBe('clock-out-of-range')
    const other = smaller()
    expect(at(await other.admin('PUT', '/snapshot', good), 'detail')).toContain('understudy start edu live trid')
    expect(await snapshot(here)).toEqual(good)
    expect(at(await here.admin('GET', '/requests'), 'meta.total')).toBe(2)
  })
})

describe('a scenario', () => {
  test('is laid over what there is', async () => {
    const here = box()
    const list = await here.admin('GET', '/scenarios?system=live')
    expect(at(list, 'scenarios')).toContainEqual({ system: 'live', name: 'nobody-on-air', description: { en: expect.any(String) as unknown, zh: expect.any(String) as unknown } })
    expect(at(await here.admin('PUT', '/scenario', { name: 'nobody-on-air' }), 'scenarios')).toHaveLength(1)
    await code(here)
    const { json } = await login(here)
    const channels = await here.call('/live/channels/live', { headers: { authorization: Buffer.from(String(json?.['api_key'])).toString('base64') } })
    expect(channels.json).toMatchObject({ count: 0, channels: [] })
    expect(at(await here.admin('PUT', '/scenario', { system: 'live', name: 'busy-channels' }), 'scenarios.0.system')).toBe('live')
    const unknown = await here.admin('PUT', '/scenario', { system: 'live', name: '../world' })
    expect(unknown.json).toMatchObject({ status: 404, known: ['busy-channels', 'nobody-on-air'] })
    expect(kindOf(await here.admin('PUT', '/scenario', { system: 'life', name: 'x' }))).toBe('no-such-system')
    expect(kindOf(await here.admin('GET', '/scenarios?system=life'))).toBe('no-such-system')
  })

  test('is a file of JSON: notes and copies beside it are none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'understudy-scenarios-'))
    await cp(new URL('../fixtures/', import.meta.url), folder, { recursive: true })
    for (const name of ['README.md', 'busy-channels.json.orig', 'notes']) await writeFile(join(folder, 'live/scenarios', name), 'no JSON')
    await using stub = await createStub({ systems: ['live'], fixtures: folder })
    const here = await stub.sandbox()
    expect((await here.scenarios('live')).map(({ name }) => name)).toEqual(['busy-channels', 'nobody-on-air'])
    await rm(folder, { recursive: true })
  })

  test('that does not go with what there is, is refused as a whole', async () => {
    const here = box()
    await here.admin('POST', '/db/live/users', { id: 900, mobile: '13800003015', nickname: 'x', bio: '', avatar: '', gender: null })
    const before = await here.admin('GET', '/db/live/users')
    expect(kindOf(await here.admin('PUT', '/scenario', { name: 'busy-channels' }))).toBe('scenario-misfit')
    expect((await here.admin('GET', '/db/live/users')).text).toBe(before.text)
  })
})

test('a snapshot that names its files in another way is refused for it', async () => {
  const here = box()
  const snapshot = JSON.parse((await here.admin('GET', '/snapshot')).text) as object // as the contract has it
  for (const files of ['{"x":"AAAA"}', '{"__proto__":"AAAA"}']) {
    const refused = await here.admin('PUT', '/snapshot', `${JSON.stringify(snapshot).slice(0, -1)},"files":${files}}`)
    expect([kindOf(refused), refused.text]).toEqual(['invalid-request', expect.stringContaining('"field":"files"')])
  }
})

describe('records over REST', () => {
  const user = { id: 50, mobile: '13800003050', nickname: '小北', bio: '', avatar: '', gender: null }
  const list = async ({ admin: here }: Box, query = '', collection = 'users') => {
    const answer = await here('GET', `/db/live/${collection}?${query}`)
    return JSON.parse(answer.text) as Readonly<Record<string, unknown>>[] // the contract says so, and the server holds itself to it
  }
  const ids = async (here: Box, query: string, collection?: string) => (await list(here, query, collection)).map(({ id }) => id)

  test("are found in json-server's own way", async () => {
    const here = box()
    await here.admin('PUT', '/scenario', { name: 'busy-channels' })
    expect(await ids(here, 'mobile=13800003002')).toEqual([2])
    expect(await ids(here, 'id=1&id=3')).toEqual([1, 3])
    expect(await ids(here, 'id_gte=20&id_lte=21&_sort=id&_order=desc', 'channels')).toEqual([21, 20])
    expect(await ids(here, 'id_ne=1&id_lte=3')).toEqual([2, 3])
    expect(await ids(here, 'nickname_like=^品牌')).toEqual([11])
    expect(await ids(here, 'q=拆到最后')).toEqual([17])
    expect(await ids(here, 'gender=1&_sort=id&_start=1&_end=3')).toHaveLength(2)
    const paged = await here.admin('GET', '/db/live/channels?_page=2&_limit=10')
    expect([paged.headers.get('x-total-count'), JSON.parse(paged.text)]).toEqual(['34', expect.objectContaining({ length: 10 })])
    expect(paged.headers.get('link')).toContain(`/__admin/sandboxes/${here.name}/db/live/channels?_page=3&_limit=10>; rel="next"`)
    for (const query of ['no_such_field=1', '__proto__=1', 'no_such_field_like=1', `nickname_like=${'a'.repeat(201)}`, 'id=1&'.repeat(51), '_embed=channels', '_expand=user', '_delay=1']) expect(kindOf(await here.admin('GET', `/db/live/users?${query}`)), query).toBe('invalid-request')
    for (const query of ['_sort=a&_sort=b', '_page=x&_limit=-1', 'q=a&q=b', '_start=9&_end=1', '_order=,,&_sort=,', 'callback=x', '_=1']) expect((await here.admin('GET', `/db/live/users?${query}`)).status, query).toBe(200)
  })

  test('are found by parts of texts, and nothing that is looked for is a regular expression', async () => {
    const here = box()
    expect((await here.admin('POST', '/db/live/users', { ...user, nickname: 'a'.repeat(20), bio: '(a+)+$ [x] 50%' })).status).toBe(201)
    const found = (wanted: string, field = 'bio') => ids(here, `${field}_like=${encodeURIComponent(wanted)}`)
    expect(await found('(A+)+$ [')).toEqual([50])
    expect(await found('^(a*50%$')).toEqual([50])
    expect(await found('^a+')).toEqual([])
    expect(await found('.*')).toEqual([])
    expect(await found('[x]$')).toEqual([])
    expect(await found('*')).toHaveLength(4)
    expect(await found(`${'*a'.repeat(99)}*b`, 'nickname')).toEqual([])
    expect(await ids(here, 'nickname_like=aaa&bio_like=50')).toEqual([50])
    expect(await ids(here, 'nickname_like=aaa&bio_like=60')).toEqual([])
    const misspelt = await here.admin('GET', '/db/live/users?nicknam_like=a')
    expect([kindOf(misspelt), misspelt.text]).toEqual(['invalid-request', expect.stringContaining('Did you mean \\"nickname\\"?')])
    await here.sessions.issue({ system: 'live', user: '1' })
    const inside = await here.admin('GET', '/db/live/sessions?device.lable=x')
    expect(inside.json).toMatchObject({ status: 400, detail: 'Records of sessions.device have no field "lable". They have label, platform, client. Did you mean "label"?' })
    expect((await here.admin('GET', '/db/live/sessions?displacedBy.at=1&device.label_ne=x')).status).toBe(200)
  })

  test('are found by fields no deeper than records go and not too long, and sorted by no more than there are conditions, for each is looked for in each record', async () => {
    const here = box()
    for (const name of ['id.a', 'bio.a', '_sort=id.a']) {
      const [front, back] = name.includes('=') ? [name, ''] : [name, '=1']
      expect((await here.admin('GET', `/db/live/users?${front}${'.a'.repeat(97)}${back}`)).status, name).toBe(200)
      for (const like of back === '' ? [''] : ['', '_like', '_ne']) {
        const deep = await here.admin('GET', `/db/live/users?${front}${'.a'.repeat(5000)}${like}${back}`)
        expect([kindOf(deep), deep.text], name).toEqual(['invalid-request', expect.stringContaining('leads 5002 levels deep, and no record has more than 100')])
      }
    }
    for (const query of [`_sort=bio${'["'.repeat(3000)}`, `bio.${'["'.repeat(3000)}=1`, `bio.${'["'.repeat(3000)}_ne=1`]) {
      const long = await here.admin('GET', `/db/live/users?${query}`)
      expect([kindOf(long), long.text], query.slice(0, 20)).toEqual(['invalid-request', expect.stringMatching(/has 600\d characters, and a field with the way to it 1000 at the most/)])
    }
    expect((await here.admin('GET', `/db/live/users?_sort=${Array(50).fill('id').join()}`)).status).toBe(200)
    const many = await here.admin('GET', `/db/live/users?_sort=${Array(3000).fill('id').join()}`)
    expect([kindOf(many), many.text]).toEqual(['invalid-request', expect.stringContaining('sorted by 50 fields at the most, and not by 3000')])
  })

  test('are found by the very number of their key', async () => {
    const here = box()
    expect((await here.admin('GET', '/db/live/users/1')).status).toBe(200)
    for (const key of ['0x1', '1e0', '1.0']) expect(kindOf(await here.admin('GET', `/db/live/users/${key}`)), key).toBe('no-such-record')
  })

  test('are created, changed and deleted, and the apps see it', async () => {
    const here = box()
    const created = await here.admin('POST', '/db/live/users', user)
    expect([created.status, created.json, created.headers.get('location')]).toEqual([201, user, `/__admin/sandboxes/${here.name}/db/live/users/50`])
    await code(here, user.mobile)
    const { json } = await login(here, user.mobile)
    const me = () => here.call('/live/users/my', { headers: { authorization: Buffer.from(String(json?.['api_key'])).toString('base64') } })
    expect((await me()).json).toMatchObject({ user: { id: 50, nickname: '小北' } })
    expect((await here.admin('PATCH', '/db/live/users/50', { nickname: '小南' })).json).toEqual({ ...user, nickname: '小南' })
    expect((await me()).json).toMatchObject({ user: { nickname: '小南' } })
    expect((await here.admin('PUT', '/db/live/users/50', { ...user, mobile: '13800003051' })).json).toEqual({ ...user, mobile: '13800003051' })
    expect((await here.admin('GET', '/db/live/users/50')).json).toMatchObject({ mobile: '13800003051' })
    expect((await here.admin('POST', '/db/live/users', { ...user, id: undefined })).json).toMatchObject({ id: 51 })
    const deleted = await here.admin('DELETE', '/db/live/users/50')
    expect([deleted.status, deleted.json]).toEqual([200, {}])
    expect((await me()).json).toMatchObject({ code: 4010 })
    expect(kindOf(await here.admin('GET', '/db/live/users/50'))).toBe('no-such-record')
  })

  test('a deletion takes no other record with it', async () => {
    const here = box()
    const channels = await list(here, '', 'channels')
    const owner = String(channels[0]?.['owner_id'])
    expect((await here.admin('DELETE', `/db/live/users/${owner}`)).status).toBe(200)
    expect(await list(here, '', 'channels')).toEqual(channels)
  })

  test('keep their schema, their key and their unique fields', async () => {
    const here = box()
    const before = await snapshot(here)
    const kind = async (method: string, path: string, body: unknown) => kindOf(await here.admin(method, `/db/live${path}`, body))
    expect(await kind('POST', '/users', { ...user, id: 1 })).toBe('record-conflict')
    expect(await kind('POST', '/users', { ...user, mobile: '13800003001' })).toBe('record-conflict')
    expect(await kind('POST', '/users', { ...user, mobile: 'x' })).toBe('record-misfit')
    expect(await kind('POST', '/users', { id: 60 })).toBe('record-misfit')
    expect(await kind('POST', '/users', { ...user, id: '60' })).toBe('record-misfit')
    expect(await kind('POST', '/users', '[]')).toBe('invalid-request')
    expect(await kind('POST', '/smsCodes', { phone: '1' })).toBe('record-misfit')
    expect(await kind('PATCH', '/users/1', { id: 2 })).toBe('record-misfit')
    expect(await kind('PATCH', '/users/1', { age: 2 })).toBe('record-misfit')
    expect(await kind('PATCH', '/users/1', { mobile: '13800003002' })).toBe('record-conflict')
    expect(await kind('PUT', '/users/1', { nickname: 'x' })).toBe('record-misfit')
    expect(await kind('PUT', '/users/77', user)).toBe('no-such-record')
    expect(await kind('DELETE', '/users/77', undefined)).toBe('no-such-record')
    expect(await kind('GET', '/rooms', undefined)).toBe('no-such-collection')
    expect(await kind('GET', '/constructor', undefined)).toBe('no-such-collection')
    expect(kindOf(await admin('GET', `/sandboxes/${here.name}/db/life`))).toBe('no-such-system')
    const { clock: _, ...after } = await snapshot(here)
    const { clock: __, ...untouched } = before
    expect(after).toEqual(untouched)
  })

  test('of sessions are records too: an edit keeps its index true', async () => {
    const here = box()
    await code(here)
    const { json } = await login(here)
    const [session] = await list(here, 'userId=1', 'sessions')
    expect((await here.admin('PATCH', `/db/live/sessions/${String(session?.['id'])}`, { accessToken: 'f'.repeat(32) })).status).toBe(200)
    const me = (key: string) => here.call('/live/users/my', { headers: { authorization: Buffer.from(key).toString('base64') } })
    expect((await me(String(json?.['api_key']))).json).toMatchObject({ code: 4010 })
    expect((await me('f'.repeat(32))).json).toMatchObject({ code: 2000 })
  })
})

describe('isolation', () => {
  test('two hundred sandboxes tell different stories at once, and each sees its own', async () => {
    const boxes = Array.from({ length: 200 }, () => box())
    await Promise.all(
      boxes.map(async (here, i) => {
        await here.admin('POST', '/clock/freeze', { at: new Date(Date.UTC(2030, 0, 1) + i * 60_000).toISOString() })
        await code(here)
        await login(here)
        await here.admin('PATCH', '/db/live/users/1', { nickname: `user ${String(i)}` })
        if (i % 3 === 0) await here.admin('POST', '/sessions/kick', { system: 'live', user: '1' })
        if (i % 5 === 0) await here.admin('PUT', '/maintenance', { system: 'live' })
        if (i % 7 === 0) await here.admin('POST', '/reset')
      }),
    )
    for (const [i, here] of boxes.entries()) {
      const wasReset = i % 7 === 0
      expect(at(await here.admin('GET', '/db/live/users/1'), 'nickname') === `user ${String(i)}`, here.name).toBe(!wasReset)
      const sessions = await here.admin('GET', '/sessions?system=live')
      expect(at(sessions, 'sessions.0.state'), here.name).toBe(wasReset ? undefined : i % 3 === 0 ? 'displaced' : 'active')
      expect(at(await here.admin('GET', ''), 'maintenance'), here.name).toEqual(!wasReset && i % 5 === 0 ? ['live'] : [])
      expect(at(await here.admin('GET', '/requests'), 'meta.total')).toBe(wasReset ? 0 : 2)
    }
  })
})
