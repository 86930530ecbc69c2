/** What is sent takes up so much memory and no more; at the bound there is an answer that says so. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { at, kindOf, serveControl } from './support/control.js'
import { phones } from './support/im.js'
import { Client, text } from './support/push.js'

const MIB = 1024 * 1024
/** The least there may be: 8 MiB for records and as much for files, half of each for one sandbox. */
const { server, admin, box } = await serveControl(['edu', 'im', 'live'], { maxMemory: '32mb' })

type Kind = { readonly used: number; readonly budget: number }
const memory = async (kind: string) => at(await admin('GET', '/health'), `memory.kinds.${kind}`) as Kind // as the contract has it

let pictures = 0
/** Uploads a picture that there has not been yet. */
function upload(sandbox: string, bytes: number, path?: string) {
  const form = new FormData()
  form.append('upload', new Blob([new Uint8Array(bytes).fill(++pictures)], { type: 'image/png' }), 'large.png')
  if (path !== undefined) form.append('path', path)
  form.append('overwrite', 'true')
  return box(sandbox).call('/edu/upload', { method: 'POST', body: form })
}

/** Writes a record of a little more than a quarter of a MiB. */
const write = (sandbox: string, id: number) => box(sandbox).admin('POST', '/db/live/channels', { id, title: 't', thumbnail: '', desc: 'd'.repeat(MIB / 4), status: 0, owner_id: 1, visit_count: 0, like_count: 0, started_at: 0 })

describe('records', () => {
  test('of one sandbox take up half of the budget; then calls get the error of their system, and say why', async () => {
    let id = 1000
    while ((await write('one', ++id)).status === 201);
    const refused = await write('one', ++id)
    expect([kindOf(refused), id > 1010]).toEqual(['no-room', true])
    expect(refused.text).toContain('The records of one sandbox may take up 4 MiB')
    // Every number that asks for a code is a record.
    for (let number = 13900000000; (await box('one').call(`/live/auth/code?mobile=${String(number)}`)).headers.get('understudy-refused') === null; number++) expect(number).toBeLessThan(13900002000)
    const last = await box('one').admin('GET', '/requests?limit=1')
    expect(at(last, 'requests.0.response.headers')).toMatchObject({ 'understudy-refused': expect.stringContaining('--max-memory') as unknown })
    // It can still be driven, and others have room.
    expect((await box('one').admin('PUT', '/clock', { now: '2030-01-01T00:00:00Z' })).status).toBe(200)
    expect((await write('two', 1001)).status).toBe(201)
  })

  test('that come by a socket are refused there as well: the packet with the error of the network, and the connection stays open', async () => {
    const here = box('talkative')
    const alice = await Client.start({ url: `${here.url}/im`, call: (path, call) => here.call(`/im${path}`, call) }, phones.alice)
    let answer = await alice.say(text('u-4001', 'u-4002', '1'))
    for (let i = 0; answer.status === 1; i++) {
      expect(i).toBeLessThan(100)
      answer = await alice.say(text('u-4001', 'u-4002', 'x'.repeat(100_000)))
    }
    expect(answer).toEqual({ status: 11001, pushId: 'p-4001', message: 'network error' })
    await alice.hearsNothing()
    await alice.hangUp()
    await admin('DELETE', '/sandboxes/talkative')
  })

  test('of all sandboxes take up the whole of it, and a reset gives back what there was', async () => {
    for (let i = 0; i < 40; i++) await write(`many-${String(i % 10)}`, 1001 + i)
    const { used, budget } = await memory('records')
    expect(budget).toBe(8 * MIB)
    expect(used).toBeLessThanOrEqual(budget)
    expect((await write('one-more', 1001)).text).toContain('The records of all sandboxes may take up 8 MiB')
    expect((await box('one-more').admin('POST', '/faults', { fault: { kind: 'malformed' } })).status).toBe(201)
    for (const name of ['one', 'two', ...Array.from({ length: 10 }, (_, i) => `many-${String(i)}`)]) await box(name).admin('POST', '/reset')
    expect((await memory('records')).used).toBeLessThan(MIB)
    expect((await write('two', 1001)).status).toBe(201)
    const before = (await memory('records')).used
    await admin('DELETE', '/sandboxes/two')
    expect((await memory('records')).used).toBeLessThan(before - MIB / 4)
    expect((await admin('GET', '/sandboxes')).json?.['sandboxes']).toHaveLength(12)
  })

  test('out of a snapshot are held against it before anything is changed', async () => {
    const here = box('snapshot')
    await here.admin('POST', '/clock/freeze')
    await write('snapshot', 1001)
    const file = await here.admin('GET', '/snapshot')
    const content = JSON.parse(file.text) as { systems: { live: { store: { channels: { put: { id: number }[] } } } } } // as the contract has it
    const { put } = content.systems.live.store.channels
    const [first] = put
    for (let i = 0; i < 16; i++) put.push({ ...first, id: 2000 + i })
    expect(kindOf(await here.admin('PUT', '/snapshot', content))).toBe('no-room')
    expect((await here.admin('GET', '/snapshot')).text === file.text).toBe(true)
  })
})

test('a snapshot of thousands of records takes the place of what was there', async () => {
  const [here, there] = [box('many-records'), box('few-records')]
  await here.call('/live/auth/code?mobile=13800003001')
  const content = JSON.parse((await here.admin('GET', '/snapshot')).text) as { systems: { live: { store: { smsCodes: { put: object[] } } } } } // as the contract has it
  const { put } = content.systems.live.store.smsCodes
  for (let i = 0; i < 2500; i++) put.push({ ...put[0], key: String(13900000000 + i), phone: String(13900000000 + i) })
  await there.call('/live/auth/code?mobile=13800003002')
  expect((await there.admin('PUT', '/snapshot', content)).status).toBe(200)
  const restored = JSON.parse((await there.admin('GET', '/snapshot')).text) as typeof content
  expect(restored.systems.live.store.smsCodes.put).toEqual(put)
  for (const name of ['many-records', 'few-records']) await admin('DELETE', `/sandboxes/${name}`)
})

test('a sandbox that is deleted while it is restored takes up nothing afterwards, however large it was', async () => {
  const before = (await memory('records')).used
  const here = box('gone')
  await here.call('/live/auth/code?mobile=13800003001')
  const content = JSON.parse((await here.admin('GET', '/snapshot')).text) as { systems: { live: { store: { smsCodes: { put: object[] } } } } } // as the contract has it
  const { put } = content.systems.live.store.smsCodes
  for (let i = 0; i < 4000; i++) put.push({ ...put[0], key: String(13900000000 + i), phone: String(13900000000 + i) })
  for (const wait of [0, 1, 3, 6, 12]) {
    const restored = here.admin('PUT', '/snapshot', content)
    for (let i = 0; i < wait * 4; i++) await admin('GET', '/health')
    await admin('DELETE', '/sandboxes/gone')
    await restored
    await admin('DELETE', '/sandboxes/gone')
    expect((await memory('records')).used).toBe(before)
  }
})

test('sandboxes take up memory by being there, and there are no more of them than fit, though all are small', async () => {
  const { admin, box } = await serveControl(['live'], { maxMemory: 32 * MIB })
  let count = 0
  let refused = await box('small').call('/live/auth/code?mobile=13800003001')
  while (refused.status === 200 && count < 2000) refused = await box(`small-${String(++count)}`).call('/live/auth/code?mobile=13800003001')
  expect(refused.headers.get('understudy-refused')).toContain('Sandboxes and their records may take up 8 MiB')
  expect(count).toBeGreaterThan(500)
  await admin('DELETE', '/sandboxes/small-1')
  expect((await box('again').call('/live/auth/code?mobile=13800003001')).status).toBe(200)
})

test('the journal of one sandbox takes up an eighth of what there is for journals: its oldest calls go, and those of others stay', async () => {
  await box('quiet').call('/live/auth/code?mobile=13800003001')
  const before = (await memory('journal')).used
  const { budget } = await memory('journal')
  const calls = Math.ceil(budget / 4 / 60_000)
  for (let i = 0; i < calls; i++) await box('loud').call('/live/auth/login', { method: 'POST', body: { mobile: String(i), auth_code: 'x'.repeat(60_000) } })
  const { used } = await memory('journal')
  expect([used - before <= budget / 8, used - before > budget / 16]).toEqual([true, true])
  const kept = await box('loud').requests.list()
  expect([kept.length < calls, kept[0]?.id]).toEqual([true, calls])
  expect(await box('quiet').requests.list()).toHaveLength(1)
  for (const name of ['quiet', 'loud']) await admin('DELETE', `/sandboxes/${name}`)
})

describe('files', () => {
  test('take up what they are, once: the journal, its changes and the records do not carry them', async () => {
    await box('cost').call('/live/auth/code?mobile=13800003001')
    const before = [(await memory('files')).used, (await memory('records')).used, (await memory('history')).used, (await memory('journal')).used]
    expect((await upload('cost', 2 * MIB)).json).toMatchObject({ code: 900 })
    const after = [(await memory('files')).used, (await memory('records')).used, (await memory('history')).used, (await memory('journal')).used]
    expect((after[0] ?? 0) - (before[0] ?? 0)).toBe(2 * MIB)
    for (const i of [1, 2]) {
      expect((after[i] ?? 0) - (before[i] ?? 0)).toBeGreaterThan(0)
      expect((after[i] ?? 0) - (before[i] ?? 0)).toBeLessThan(2000)
    }
    expect((after[3] ?? 0) - (before[3] ?? 0)).toBeLessThan(MIB)
    const { text } = await box('cost').admin('GET', '/requests?limit=1')
    expect(text).toMatch(/"hash":\s*"[0-9a-f]{64}"/)
    expect(text).toMatch(/"size":\s*2097152/)
    await admin('DELETE', '/sandboxes/cost')
    expect((await memory('files')).used).toBe(before[0])
  })

  test('of one sandbox take up half of their budget; then uploads get the error of their system, and say why', async () => {
    for (const _ of [1, 2]) expect((await upload('three', 1.9 * MIB)).json).toMatchObject({ code: 900 })
    const refused = await upload('three', 1.9 * MIB)
    expect(refused.headers.get('understudy-refused')).toContain('The files of one sandbox may take up 4 MiB')
    expect(refused.json).toMatchObject({ code: expect.any(Number) as unknown })
    expect(refused.json?.['code']).not.toBe(900)
    const last = await box('three').admin('GET', '/requests?limit=1')
    expect(at(last, 'requests.0.response.headers')).toMatchObject({ 'understudy-refused': expect.stringContaining('--max-memory') as unknown })
    // Nothing that can be stepped back to was given up for it: no file was there for that alone.
    expect(at(await box('three').admin('GET', '/history'), 'reach')).toMatchObject({ first: 1, isWhole: true })
    const picture = Buffer.alloc(MIB / 2, 200).toString('base64')
    expect(kindOf(await box('three').admin('POST', '/db/edu/files', { name: 'y', mediaType: 'image/png', bytes: picture }))).toBe('no-room')
    const im = await box('three').call('/im/android/save_file/', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'a.png', content: picture }) })
    expect(im.headers.get('understudy-refused')).toContain('The files of one sandbox')
    expect((await upload('four', 1.9 * MIB)).json).toMatchObject({ code: 900 })
    for (const name of ['three', 'four']) await box(name).admin('POST', '/reset')
    expect((await memory('files')).used).toBe(0)
  })

  test('that a snapshot could not carry back are no part of one; a fork takes them along', async () => {
    const { admin, box } = await serveControl(['edu'], { maxMemory: 512 * MIB })
    const many = box('many')
    const fill = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const form = new FormData()
        form.append('upload', new Blob([new Uint8Array(4.9 * MIB).fill(++pictures)], { type: 'image/png' }), `${String(pictures)}.png`)
        expect((await many.call('/edu/upload', { method: 'POST', body: form })).json).toMatchObject({ code: 900 })
      }
    }
    await fill(9)
    const { text, status } = await many.admin('GET', '/snapshot')
    expect(status).toBe(200)
    expect((await box('back').admin('PUT', '/snapshot', text)).status).toBe(200)
    await fill(1)
    const refused = await many.admin('GET', '/snapshot')
    expect([refused.status, kindOf(refused)]).toEqual([507, 'no-room'])
    expect(refused.text).toContain('take up 48 MiB, which are 65 as base64, and a snapshot can be restored that has 64 at the most')
    expect((await admin('POST', '/sandboxes', { name: 'forked', fork: { sandbox: 'many' } })).status).toBe(201)
  }, 60_000)

  test('that were replaced make room for new ones: history lets go of them first', async () => {
    for (let i = 0; i < 12; i++) expect((await upload('again', MIB, 'one.png')).json).toMatchObject({ code: 900 })
    expect((await memory('files')).used).toBeLessThanOrEqual(4 * MIB)
    await upload('other', 2 * MIB)
    for (let i = 0; i < 12; i++) expect((await upload('again', 1.9 * MIB, 'one.png')).json).toMatchObject({ code: 900 })
    await upload('elsewhere', 1.9 * MIB, 'one.png')
    expect((await upload('elsewhere', 1.9 * MIB, 'one.png')).json).toMatchObject({ code: 900 })
    for (const name of ['again', 'other', 'elsewhere']) await admin('DELETE', `/sandboxes/${name}`)
    expect((await memory('files')).used).toBe(0)
  })

  test('out of a snapshot take the place of those that were there, and are refused before anything is changed', async () => {
    const [here, there] = [box('here'), box('there')]
    await upload('there', 1.9 * MIB)
    const other = await there.admin('GET', '/snapshot')
    for (const path of ['a.png', 'b.png']) await upload('here', 1.9 * MIB, path)
    expect((await here.admin('PUT', '/snapshot', other.text)).status).toBe(200)
    expect((await memory('files')).used).toBe(Math.floor(1.9 * MIB))
    const snapshot = JSON.parse(other.text) as { files: Record<string, string> } // as the contract has it
    for (const fill of [1, 2]) {
      const bytes = Buffer.alloc(1.9 * MIB, 100 + fill)
      snapshot.files[createHash('sha256').update(bytes).digest('hex')] = bytes.toString('base64')
    }
    expect((await here.admin('PUT', '/snapshot', snapshot)).text).toContain('The files of one sandbox may take up 4 MiB')
    expect((await memory('files')).used).toBe(Math.floor(1.9 * MIB))
    for (const name of ['here', 'there']) await admin('DELETE', `/sandboxes/${name}`)
    expect((await memory('files')).used).toBe(0)
  })

  test('of one content count once, in forks and snapshots as well, which carry the bytes', async () => {
    await box('first').call('/im/android/save_file/', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'a.png', content: Buffer.alloc(MIB, 7).toString('base64') }) })
    for (const [index, name] of ['f1', 'f2', 'f3'].entries()) expect((await admin('POST', '/sandboxes', { name, fork: { sandbox: 'first', ...(index === 0 ? { at: 1 } : {}) } })).status).toBe(201)
    const snapshot = JSON.parse((await box('first').admin('GET', '/snapshot')).text) as { files: Record<string, string> } // as the contract has it
    expect(Object.keys(snapshot.files)).toHaveLength(1)
    await admin('POST', '/sandboxes', { name: 'restored', snapshot })
    expect((await memory('files')).used).toBe(MIB)
    await admin('DELETE', '/sandboxes/first')
    for (const name of ['f1', 'f2', 'f3', 'restored']) {
      const answer = await fetch(`${server.url}/@${name}/im/media/avatars/android/a.png`)
      expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([200, MIB])
    }
    const [hash = ''] = Object.keys(snapshot.files)
    expect((await box('f1').admin('PUT', '/snapshot', { ...snapshot, files: {} })).text).toContain('names a file that does not come along')
    expect((await box('f1').admin('PUT', '/snapshot', { ...snapshot, files: { [hash]: 'AAAA' } })).text).toContain('has another hash')
    for (const name of ['f1', 'f2', 'f3', 'restored']) await box(name).admin('POST', '/reset')
    expect((await memory('files')).used).toBe(0)
  })

  test('are named by records only where they are kept; bytes may stand in the place of hash and size', async () => {
    const here = box('named')
    const nowhere = await here.admin('POST', '/db/edu/files', { name: 'x.png', mediaType: 'image/png', hash: 'a'.repeat(64), size: 3 })
    expect([kindOf(nowhere), nowhere.text]).toEqual(['record-misfit', expect.stringContaining('Give its content as base64')])
    const given = await here.admin('POST', '/db/edu/files', { name: 'x.png', mediaType: 'image/png', bytes: 'aGVsbG8=' })
    expect(given.json).toEqual({ name: 'x.png', mediaType: 'image/png', hash: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824', size: 5 })
    expect((await here.admin('POST', '/db/edu/files', { name: 'y.png', mediaType: 'image/png', hash: given.json?.['hash'], size: 99 })).json).toMatchObject({ size: 5 })
    expect((await here.call('/edu/file/y.png')).text).toBe('hello')
    expect(kindOf(await here.admin('POST', '/db/edu/files', { name: 'z.png', mediaType: 'image/png', bytes: '!' }))).toBe('record-misfit')
    expect((await here.admin('PATCH', '/db/edu/files/notes.txt', { mediaType: 'text/plain' })).status).toBe(200)
    expect((await here.call('/edu/file/notes.txt')).text).not.toBe('')
  })
})
