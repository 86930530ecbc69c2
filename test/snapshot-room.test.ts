/** Whatever snapshot is handed out can be restored; of a sandbox that holds more there is none, and the answer says what to do. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Box, createStub } from '../src/index.js'
import { gather } from '../src/testing/stage.js'
import { understudy } from './support/cli.js'

const MIB = 1024 * 1024
/** What a body may have that brings a snapshot. */
const MOST = 64 * MIB

const stub = await createStub({ systems: ['edu', 'live'] })
const folder = await mkdtemp(join(tmpdir(), 'understudy-snapshot-'))
afterAll(async () => {
  await stub.close()
  await rm(folder, { recursive: true })
})

async function upload(box: Box, name: string): Promise<void> {
  const form = new FormData()
  form.append('upload', new Blob([new Uint8Array(4.9 * MIB).fill(name.charCodeAt(0))], { type: 'image/png' }), name)
  form.append('path', name)
  expect(await (await fetch(`${box.baseUrl('edu')}/upload`, { method: 'POST', body: form })).json()).toMatchObject({ code: 900 })
}

/** Writes a record of half a MiB, which JSON writes as twice as much. */
function write(box: Box, id: number, more = ''): Promise<Response> {
  const record = { id, title: 't', thumbnail: '', desc: '"'.repeat(MIB / 2 - 16 * 1024) + more, status: 0, owner_id: 1, visit_count: 0, like_count: 0, started_at: 0 }
  return fetch(`${stub.url}/__admin/sandboxes/${box.name}/db/live/channels${more === '' ? '' : `/${String(id)}`}`, { method: more === '' ? 'POST' : 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(record) })
}

/** @returns what is said instead of a snapshot; null where there is one */
const refusalOf = (box: Box) => box.snapshot().then(() => null, (error: unknown) => error)

test('records and files that are too much for a snapshot only together are too much: the client, the command line and fixtures say so, and a fork takes them', async () => {
  const box = await stub.sandbox()
  for (const name of 'abcdefgh') await upload(box, `${name}.png`)
  for (let id = 1001; id <= 1011; id++) expect((await write(box, id)).status).toBe(201)
  expect(await refusalOf(box)).toBeNull()
  for (let id = 1012; id <= 1014; id++) expect((await write(box, id)).status).toBe(201)
  const told = `A snapshot of "${box.name}" would have more than 64 MiB, and none that has could be restored. Delete some records or files; or fork the sandbox (createSandbox), which takes them all along.`
  expect(await refusalOf(box)).toMatchObject({ kind: 'no-room', message: told, problem: { status: 507 } })

  const file = join(folder, 'box.json')
  const { code, stdout, stderr } = await understudy(['ctl', 'snapshot', file], { env: { UNDERSTUDY_URL: stub.url, UNDERSTUDY_SANDBOX: box.name } })
  expect([code, stdout, existsSync(file)]).toEqual([1, '', false])
  expect(stderr).toContain(told)

  const [snapshot, requests] = await gather(box)
  expect([snapshot?.name, requests?.name]).toEqual(['no-snapshot.json', 'requests.json'])
  expect(JSON.parse(snapshot?.body ?? '')).toMatchObject({ status: 507, detail: told })
  expect(JSON.parse(requests?.body ?? '')).toHaveLength(8)

  const fork = await stub.sandbox({ fork: { sandbox: box.name } })
  expect((await fork.fetch('/edu/file/h.png')).status).toBe(200)
  await fork.delete()
  await box.delete()
}, 120_000)

test('one that is as large as may be is restored, into a sandbox that is there and into a new one', async () => {
  const box = await stub.sandbox()
  await box.clock.freeze()
  for (let id = 1001; id <= 1066; id++) await write(box, id)
  const room = MOST - 16 * 1024 - Buffer.byteLength(JSON.stringify(await box.snapshot()))
  for (const id of [1001, 1002]) expect((await write(box, id, 'x'.repeat(room / 2))).status).toBe(200)
  const snapshot = await box.snapshot()
  expect(Buffer.byteLength(JSON.stringify(snapshot))).toBeGreaterThan(MOST - 32 * 1024)
  const fresh = await stub.sandbox({ name: 'n'.repeat(64), snapshot })
  expect(await fresh.snapshot()).toEqual(snapshot)
  await fresh.reset()
  await fresh.restore(snapshot)
  expect((await write(box, 1003, 'x'.repeat(28 * 1024))).status).toBe(200)
  expect(await refusalOf(box)).toMatchObject({ kind: 'no-room' })
}, 120_000)

test('nor is there one with more values than are read', async () => {
  await using large = await createStub({ systems: ['job'], maxMemory: '4gb' })
  const box = await large.sandbox()
  // Nothing else takes so little room in a text, and so much where it is read.
  for (let id = 1; id <= 34; id++) {
    const optionIds = Array.from({ length: 150_000 }, (_, index) => index)
    const written = await fetch(`${large.url}/__admin/sandboxes/${box.name}/db/job/answers`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id, userId: id, questionId: 1, optionIds, right: true, createdAt: 0 }) })
    expect(written.status, await written.text()).toBe(201)
  }
  expect(await refusalOf(box)).toMatchObject({ kind: 'no-room', message: expect.stringContaining('would have more than 5,000,000 values') as unknown })
}, 120_000)
