/** What happens when there is no more room for sandboxes, and what makes one at all. */
import { WebSocket } from 'ws'
import { describe, expect, test } from 'vitest'
import { type Admin, kindOf, serveControl } from './support/control.js'
import { send } from './support/serve.js'

/** @returns the names of the sandboxes that there are */
const names = async (admin: Admin) => ((await admin('GET', '/sandboxes')).json?.['sandboxes'] as { name: string }[]).map(({ name }) => name) // as the contract has it

/** What stands in the paths of the control plane. */
const PLACES = { system: 'live', collection: 'users', id: '1' }

const CODE = '/live/auth/code?mobile=13800003001'

describe('a sandbox comes into being', () => {
  test('when it is called or changed, and not by looking at it', async () => {
    const { admin, box } = await serveControl(['live', 'im'])
    const nobody = box('nobody')
    const { json } = await admin('GET', '/openapi.json')
    const looks = Object.entries((json as { paths: Record<string, { get?: object }> }).paths) // its own check says so
      .filter(([path, { get }]) => path.startsWith('/sandboxes/{sandbox}/') && get !== undefined && !/\/(?:wait|stream)$/.test(path))
      .map(([path]) => Object.entries(PLACES).reduce((filled, [name, value]) => filled.replace(`{${name}}`, value), path.slice('/sandboxes/{sandbox}'.length)))
    expect(looks.length).toBeGreaterThan(25)
    for (const path of looks) expect((await nobody.admin('GET', path)).status, path).toBeLessThan(500)
    expect(await names(admin)).toEqual([])
    await nobody.admin('DELETE', '/faults')
    await nobody.admin('DELETE', '/requests')
    expect((await nobody.admin('GET', '/db/live/users/1')).json).toMatchObject({ id: 1 })
    expect(await names(admin)).toEqual([])
    expect((await admin('GET', '/health')).json).toMatchObject({ sandboxes: 0 })
    await nobody.admin('PUT', '/clock', { now: '2026-01-31T08:30:00.000Z' })
    expect(await names(admin)).toEqual(['nobody'])
  })
})

describe('at the cap', () => {
  test('a new sandbox is refused in the dialect while all others are of use to somebody, and has room when one is deleted', async () => {
    const { server, admin, box } = await serveControl(['live', 'im'], { maxSandboxes: 3 })
    expect((await admin('POST', '/sandboxes', { name: 'made-on-purpose' })).status).toBe(201)
    await send(`${server.url}/live/nothing`) // the default sandbox, unchanged
    await box('changed').call(CODE)
    const refused = await box('one-more').call(CODE, { headers: { origin: 'https://any.example' } })
    expect([refused.status, refused.headers.get('understudy-refused')]).toEqual([500, expect.stringContaining('This server keeps 3 sandboxes')])
    expect(refused.headers.get('access-control-expose-headers')).toContain('Understudy-Refused')
    const written = await box('one-more').admin('PUT', '/clock', { now: '2026-01-31T08:30:00.000Z' })
    expect([written.status, kindOf(written), written.text]).toEqual([507, 'no-room', expect.stringContaining('--max-sandboxes')])
    expect(kindOf(await admin('POST', '/sandboxes', {}))).toBe('no-room')
    expect((await box('one-more').admin('GET', '/clock')).status).toBe(200)
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/@one-more/im/android/websocket/`)
    const status = await new Promise((resolve) => {
      socket.once('unexpected-response', (_, { statusCode }) => {
        resolve(statusCode)
      })
    })
    expect(status).toBe(507)
    expect((await names(admin)).sort()).toEqual(['changed', 'default', 'made-on-purpose'])
    await admin('DELETE', '/sandboxes/changed')
    expect((await box('one-more').call(CODE)).status).toBe(200)
  })

  test('any number of names takes nobody’s sandbox away, and the log says that some made room', async () => {
    const { server, admin, problems, box } = await serveControl(['live'], { maxSandboxes: 20 })
    await box('alice').call(CODE)
    await send(`${server.url}/live/nothing`)
    for (let i = 0; i < 200; i++) await box(`z${String(i)}`).call('/live/nothing')
    const kept = await names(admin)
    expect(kept).toHaveLength(20)
    expect(kept).toEqual(expect.arrayContaining(['alice', 'default', 'z199']))
    expect(problems.splice(0)).toEqual([expect.stringContaining('"z0" was let go'), expect.stringContaining('the 10. of its kind'), expect.stringContaining('the 100. of its kind')])
  })
})
