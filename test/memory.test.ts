/** What is sent takes up so much memory and no more; at the bound there is an answer that says so. */
import { describe, expect, test } from 'vitest'
import { at, kindOf, serveControl } from './support/control.js'

const MIB = 1024 * 1024
/** The least there may be: 16 MiB for records, 8 of them for one sandbox. */
const { admin, box } = await serveControl(['edu', 'live'], { maxMemory: '32mb' })

const records = async () => (at(await admin('GET', '/health'), 'memory.kinds.records') as { used: number; budget: number }) // as the contract has it

function upload(sandbox: string, bytes: number) {
  const form = new FormData()
  form.append('upload', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'large.png')
  return box(sandbox).call('/edu/upload', { method: 'POST', body: form })
}

describe('records', () => {
  test('of one sandbox take up half of the budget; then calls get the error of their system, and say why', async () => {
    for (const _ of [1, 2]) expect((await upload('one', 2.5 * MIB)).json).toMatchObject({ code: 900 })
    const refused = await upload('one', 2.5 * MIB)
    expect(refused.headers.get('understudy-refused')).toContain('The records of one sandbox may take up 8 MiB')
    expect(refused.json).toMatchObject({ code: expect.any(Number) as unknown })
    expect(refused.json?.['code']).not.toBe(900)
    const last = await box('one').admin('GET', '/requests?limit=1')
    expect(at(last, 'requests.0.response.headers')).toMatchObject({ 'understudy-refused': expect.stringContaining('--max-memory') as unknown })
    const written = await box('one').admin('POST', '/db/edu/files', { name: 'x', mediaType: 'image/png', bytes: 'A'.repeat(900_000), size: 675_000 })
    expect([written.status, kindOf(written)]).toEqual([201, null])
    expect(kindOf(await box('one').admin('POST', '/db/edu/files', { name: 'y', mediaType: 'image/png', bytes: 'A'.repeat(900_000), size: 675_000 }))).toBe('no-room')
    // It can still be driven, and others have room.
    expect((await box('one').admin('PUT', '/clock', { now: '2030-01-01T00:00:00Z' })).status).toBe(200)
    expect((await upload('two', 2.5 * MIB)).json).toMatchObject({ code: 900 })
  })

  test('of all sandboxes take up the whole of it, and a reset gives back what there was', async () => {
    for (let i = 0; i < 10; i++) await upload(`many-${String(i)}`, 2 * MIB)
    const { used, budget } = await records()
    expect(budget).toBe(16 * MIB)
    expect(used).toBeLessThanOrEqual(budget)
    const refused = await upload('one-more', 2.5 * MIB)
    expect(refused.headers.get('understudy-refused')).toContain('The records of all sandboxes may take up 16 MiB')
    const rule = { fault: { kind: 'malformed' } }
    expect((await box('one-more').admin('POST', '/faults', rule)).status).toBe(201)
    for (const name of ['one', 'two', ...Array.from({ length: 10 }, (_, i) => `many-${String(i)}`)]) await box(name).admin('POST', '/reset')
    expect((await records()).used).toBeLessThan(MIB)
    expect((await upload('two', 2.5 * MIB)).json).toMatchObject({ code: 900 })
    const [before] = [(await records()).used]
    await admin('DELETE', '/sandboxes/two')
    expect((await records()).used).toBeLessThan(before - 2 * MIB)
    expect((await admin('GET', '/sandboxes')).json?.['sandboxes']).toHaveLength(12)
  })

  test('out of a snapshot are held against it before anything is changed', async () => {
    const here = box('snapshot')
    await here.admin('POST', '/clock/freeze')
    await upload('snapshot', 2 * MIB)
    const file = await here.admin('GET', '/snapshot')
    const content = JSON.parse(file.text) as { systems: { edu: { store: { files: { put: { name: string }[] } } } } } // as the contract has it
    const { put } = content.systems.edu.store.files
    const [first] = put
    for (let i = 0; i < 4; i++) put.push({ ...first, name: `copy-${String(i)}.png` })
    expect(kindOf(await here.admin('PUT', '/snapshot', content))).toBe('no-room')
    expect((await here.admin('GET', '/snapshot')).text === file.text).toBe(true)
  })
})
