import { describe, expect, test } from 'vitest'
import type { System } from '../src/core/system.js'
import { openStage } from '../src/stage.js'
import { im } from '../src/systems/im/index.js'
import { loadSystems } from '../src/systems/load.js'
import { addFault, at, serveControl } from './support/control.js'

const MONTH = 30 * 24 * 3_600_000
const NEW_USER = '13800003900'

/** A login that has done all its work stays under way here until the test lets it go; it may pass several times. */
class Gate {
  #reached: (() => void)[] = []
  #open: (() => void)[] = []
  closed = false

  async pass(): Promise<void> {
    if (!this.closed) return
    for (const tell of this.#reached.splice(0)) tell()
    await new Promise<void>((resolve) => this.#open.push(resolve))
  }

  /** Resolves when a login stands at the gate. */
  reached(): Promise<void> {
    return new Promise((resolve) => this.#reached.push(resolve))
  }

  open(): void {
    this.closed = false
    for (const go of this.#open.splice(0)) go()
  }
}

const gate = new Gate()
const { box } = await serveControl(['live'], { systems: (await loadSystems(['live'])).map(slow) })

function slow(system: System): System {
  const { liveLogin } = system.operations
  if (liveLogin === undefined) throw new Error('live logs in')
  const slowly = async (work: never) => {
    const payload = await liveLogin(work)
    await gate.pass()
    return payload
  }
  return { ...system, operations: { ...system.operations, liveLogin: slowly } }
}

function player(name?: string) {
  const here = box(name)
  const code = () => here.call(`/live/auth/code?mobile=${NEW_USER}`)
  const login = () => here.call('/live/auth/login', { method: 'POST', body: { mobile: NEW_USER, auth_code: '123456' } })
  /** Begins a login, and resolves when it has done its work and its answer is still to come. */
  const slowLogin = async () => {
    gate.closed = true
    const reached = gate.reached()
    const answer = login()
    await reached
    return { answer }
  }
  const me = (token: unknown) => here.call('/live/channels/live', { headers: { authorization: Buffer.from(String(token)).toString('base64') } })
  return Object.assign(here, { code, login, slowLogin, me })
}

type Player = ReturnType<typeof player>
const sessionsOf = async ({ admin }: Player) => at(await admin('GET', '/sessions?secrets=true'), 'sessions') as { accessToken: string; issuedAt: string }[] // its contract says so
const nowOf = async ({ admin }: Player) => Number(at(await admin('GET', '/clock'), 'milliseconds'))

/** A code was sent before, so a login that sees the world from before the turn is let in, and one that sees the world after it is not. */
const turns = {
  'a reset': async ({ admin }: Player) => {
    expect((await admin('POST', '/reset')).status).toBe(204)
  },
  'a restored snapshot': async ({ admin, name }: Player) => {
    expect((await admin('PUT', '/snapshot', (await player(`${name}-untouched`).admin('GET', '/snapshot')).text)).status).toBe(200)
  },
}

describe.each(Object.entries(turns))('%s in the middle of a call', (_name, turn) => {
  test('the call runs again in the new world, and is answered by what is there', async () => {
    const here = player()
    await here.code()
    await here.admin('POST', '/clock/advance', { by: 'P30D' })
    await here.code()
    const { answer } = await here.slowLogin()
    await turn(here)
    gate.open()
    expect((await answer).json).toMatchObject({ code: 4011 }) // in the new world no code was ever sent
    expect(await sessionsOf(here)).toEqual([])
    expect(at(await here.admin('GET', `/db/live/users?mobile=${NEW_USER}`), '0')).toBeUndefined()
  })

  test('what it reports is there, by the clock that shows', async () => {
    const here = player()
    await here.admin('POST', '/clock/advance', { by: 'P30D' })
    await here.code()
    const { answer } = await here.slowLogin()
    await turn(here)
    await here.code()
    gate.open()
    const { json } = await answer
    expect((await here.me(json?.['api_key'])).status).toBe(200)
    const [session] = await sessionsOf(here)
    expect(session?.accessToken).toBe(json?.['api_key'])
    expect(Math.abs(Date.parse(session?.issuedAt ?? '') - (await nowOf(here)))).toBeLessThan(MONTH / 2)
    expect((await here.login()).status).toBe(200) // nothing of another world is in the way
  })

  test('its entry never stands in the new journal for what it did in the old world', async () => {
    const here = player()
    await here.code()
    const { answer } = await here.slowLogin()
    await turn(here)
    gate.open()
    await answer
    const entries = at(await here.admin('GET', '/requests'), 'requests') as { operationId: string; error: string | null; changes: unknown[] }[] // as above
    expect(entries.map(({ operationId, error, changes }) => [operationId, error, changes.length])).toEqual([['liveLogin', 'API_INVALID_AUTH_CODE', 0]])
    expect(at(await here.admin('GET', ''), 'requests')).toBe(1)
  })

  test('a call that a fault keeps waiting is answered by the new world, which has no faults', async () => {
    const here = player()
    await addFault(here, { kind: 'latency', min: 300 }, { operationId: 'liveSendCode' })
    const answer = here.code()
    while (at(await here.admin('GET', '/faults'), 'faults.0.fired') !== 1);
    await turn(here)
    expect((await answer).status).toBe(200)
    expect(at(await here.admin('GET', '/requests'), 'requests.0.faults')).toEqual([])
  })
})

test('a body that was received is not asked for again', async () => {
  const here = player()
  await here.code()
  const { answer } = await here.slowLogin()
  for (let i = 0; i < 5; i++) {
    const reached = gate.reached()
    await here.admin('POST', '/reset')
    await here.code()
    gate.open()
    gate.closed = true
    await reached
  }
  gate.open()
  expect((await answer).json).toMatchObject({ mobile: NEW_USER })
})

test('the opening of a socket that a reset comes upon begins anew', async () => {
  const problems: string[] = []
  const { stage } = await openStage({ systems: [im], report: (problem) => problems.push(problem) })
  const sandbox = stage.sandboxes.open('reset')
  const rule = { id: 'fault-1', system: 'im', operationId: 'imPushOpen', fault: { kind: 'latency', min: 1, max: 1 }, times: null, probability: 1, matched: 0, fired: 0 } as const
  await sandbox.control.change((state) => ({ ...state, faults: [rule] }))
  // It sees the sandbox before it is reset, and meets the rules after that.
  const resetting = sandbox.reset()
  const opening = await stage.sockets.knock({ url: '/@reset/im/android/websocket/', headers: { host: 'localhost' }, signal: new AbortController().signal, isEncrypted: false })
  await resetting
  expect([opening?.kind, problems]).toEqual(['granted', []])
})
