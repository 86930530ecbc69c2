import { describe, expect, test } from 'vitest'
import { at, type Box, serveControl } from './support/control.js'

const MIB = 1024 * 1024
const { admin, box } = await serveControl(['live'], { maxMemory: '32mb' })
/** Leaves some 64 KiB in the journal. */
const fill = ({ call }: Box) => call('/live/auth/login', { method: 'POST', body: { mobile: 'x'.repeat(64 * 1024), auth_code: '123456' } })
const memory = async (): Promise<unknown> => at(await admin('GET', '/health'), 'memory')
const usedBy = async (kind: string) => Number(at(await admin('GET', '/health'), `memory.kinds.${kind}.used`))

describe('the memory of a server', () => {
  test('is divided among what grows, and health says how much of it is used', async () => {
    expect(await memory()).toMatchObject({ budget: 32 * MIB, kinds: { journal: { budget: 8 * MIB }, history: { budget: 4 * MIB } } })
    const before = await usedBy('journal')
    const here = box()
    await fill(here)
    expect(await usedBy('journal')).toBeGreaterThan(before + 64 * 1024)
    await here.admin('DELETE', '/requests')
    expect(await usedBy('journal')).toBe(before)
  })

  test('holds the newest calls of a sandbox, however large they are: the oldest go, and whoever asks for one is told so', async () => {
    const here = box()
    for (let i = 0; i < 40; i++) await fill(here)
    expect(await usedBy('journal')).toBeLessThanOrEqual(MIB)
    const listed = await here.admin('GET', '/requests?limit=1000')
    const total = Number(at(listed, 'meta.total'))
    expect(total).toBeGreaterThan(5)
    expect(total).toBeLessThan(17)
    expect(at(listed, 'requests.0.id')).toBe(40)
    expect((await here.admin('GET', '/requests/1')).json).toMatchObject({ status: 404, detail: expect.stringContaining(`it holds ${String(41 - total)} to 40`) as unknown })
    await here.admin('DELETE', '')
  })

  test('is shared by all sandboxes: those that nobody has used for long lose their oldest calls first', async () => {
    const boxes = Array.from({ length: 12 }, () => box())
    for (const one of boxes) for (let i = 0; i < 14; i++) await fill(one)
    expect(await usedBy('journal')).toBeLessThanOrEqual(8 * MIB)
    const kept = await Promise.all(boxes.map(async (one) => Number(at(await one.admin('GET', '/requests/lines'), 'meta.total'))))
    expect(kept[0]).toBe(0)
    expect(kept.at(-1)).toBeGreaterThan(5)
    for (const one of boxes) await one.admin('DELETE', '')
    expect(await usedBy('journal')).toBe(0)
  })
})
