/** The twelve departures of an independent backend, of each system and in both modes: each is found where it is, and nowhere else. */
import { describe, expect, test } from 'vitest'
import { type Box, createStub } from '../src/index.js'
import type { Backend } from './backends/backend.js'
import type { DepartureKind } from './backends/departures.js'
import { flows, form, HEADERS, json, logins, starts, type System, systems } from './backends/flows.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()

async function beside(system: System, mode: 'real' | 'compare', timeout = 10_000): Promise<{ readonly box: Box; readonly real: Backend }> {
  const real = await starts[system]()
  closing.push(() => real.close())
  const stub = await createStub({ systems: [system], backends: { [system]: { url: real.url, mode, timeout } } })
  closing.push(() => stub.close())
  return { box: await stub.sandbox(), real }
}

/** The list that is played wrong, how its operation is called, and what stands in its answer. */
const lists: Readonly<Record<System, { readonly at: string; readonly operation: string; readonly code: string; readonly hasNumbers: boolean }>> = {
  live: { at: '/channels/live', operation: 'liveListChannels', code: '/code', hasNumbers: true },
  edu: { at: '/teachers', operation: 'eduListTeachers', code: '/code', hasNumbers: false },
  job: { at: '/job/list', operation: 'jobListJobs', code: '/code', hasNumbers: true },
  im: { at: '/user_contacts/', operation: 'imListFriends', code: '/status', hasNumbers: true },
  // All of its operations have one path.
  trid: { at: '/index.php', operation: 'tridSendSms', code: '/error_no', hasNumbers: false },
}

/** What is found of each; `type` and `missingField` at one place or several. */
const kinds: Readonly<Record<Exclude<DepartureKind, 'foundNothing'>, readonly string[]>> = {
  wrongCode: ['undocumentedCode'],
  missingField: ['missingField'],
  numberAsText: ['type'],
  otherEnvelope: ['undocumentedCode'],
  htmlPage: ['notJson'],
  slow: ['noAnswer timeout'],
  dropped: ['noAnswer reset'],
  gzip: [],
  redirect: ['notJson'],
  endless: ['noAnswer tooLarge'],
  wrongContentType: ['mediaType'],
}

describe.each(['real', 'compare'] as const)('%s', (mode) => {
  test.each(systems)('%s: each is found, there and nowhere else', async (system) => {
    const { box, real } = await beside(system, mode)
    const { at, operation, code, hasNumbers } = lists[system]
    for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) { // its keys are these
      await box.reset()
      await box.backends.set(system, { url: real.url, mode, timeout: kind === 'slow' ? 300 : 10_000 })
      await box.backends.clearDrift()
      real.depart({ kind, at })
      await flows[system](box)
      const { drift } = await box.backends.drift()
      const found = drift.filter(({ operationId }) => operationId === operation).map(({ kind: of, reason }) => (reason === null ? of : `${of} ${reason}`))
      const expected = kind === 'numberAsText' && !hasNumbers ? [] : kinds[kind]
      expect([kind, [...new Set(found)]]).toEqual([kind, expected])
      if (expected[0] === 'undocumentedCode') expect(drift.find(({ operationId }) => operationId === operation)?.pointer).toBe(code)
      // All of trid's operations depart; job 9001 is one of the real backend alone.
      const elsewhere = drift.filter(({ operationId }) => operationId !== operation && system !== 'trid' && operationId !== 'jobFavourite')
      expect(elsewhere.map(({ operationId, kind: of, last }) => [kind, operationId, of, last.message])).toEqual([])
    }
  })
})

test('a failure that travels as a success of HTTP is told in both modes', async () => {
  for (const mode of ['real', 'compare'] as const) {
    const { box, real } = await beside('edu', mode)
    real.depart({ kind: 'foundNothing', at: '/login' })
    await box.fetch('/edu/rest/s/login', json({ phone: '13800001999', passwd: 'abc12345' }, HEADERS))
    expect((await box.backends.drift()).drift.map(({ kind, error }) => [kind, error])).toEqual([['httpStatus', 'USER_NOT_FOUND']])
  }
})

test('reasons are told apart, each with its first and its last example', async () => {
  const { box, real } = await beside('live', 'real')
  const channels = () => box.fetch('/live/channels/live')
  for (const [kind, timeout] of [['slow', 300], ['dropped', 10_000], ['endless', 10_000]] as const) {
    await box.backends.set('live', { url: real.url, timeout })
    real.depart({ kind, at: '/channels/live' })
    for (const at of ['2026-03-01T12:00:00.000Z', '2026-03-02T12:00:00.000Z', '2026-03-03T12:00:00.000Z']) {
      await box.clock.freeze(at)
      await channels()
    }
  }
  const { drift } = await box.backends.drift()
  expect(drift.map(({ kind, reason, count, first, last }) => [kind, reason, count, first.at, last.at])).toEqual(['timeout', 'reset', 'tooLarge'].map((reason) => ['noAnswer', reason, 3, '2026-03-01T12:00:00.000Z', '2026-03-03T12:00:00.000Z']))
})

describe('a call that breaks the contract', () => {
  test('and that the backend carries out is told of by its field, in the report and in the journal', async () => {
    const { box } = await beside('live', 'real')
    const headers = await logins.live(box)
    // The backend takes anything for a nickname.
    expect((await box.fetch('/live/users/my', json({ nickname: 7 }, headers))).headers.get('understudy-source')).toBe('real')
    const { drift } = await box.backends.drift()
    expect(drift.filter(({ pointer }) => pointer.startsWith('request')).map(({ operationId, kind, pointer, count }) => [operationId, kind, pointer, count])).toEqual([['liveUpdateMe', 'behaviour', 'request nickname', 1]])
    expect((await box.requests.list({ operationId: 'liveUpdateMe' }))[0]?.violations).toContainEqual(expect.stringMatching(/^liveUpdateMe carried out a call that breaks the contract: nickname must be/))
  })

  test('by its headers, where the system looks at them', async () => {
    const { box } = await beside('edu', 'real')
    await box.fetch('/edu/rest/s/login', json({ phone: '13800001001', passwd: 'abc12345' }, { client: '1.0.2.3', platform: 'symbian', u: '1', w: '1' }))
    expect((await box.backends.drift()).drift.map(({ operationId, kind, pointer }) => [operationId, kind, pointer])).toEqual([['eduLogin', 'behaviour', 'request platform']])
  })

  test('and that it refuses is no difference', async () => {
    const { box } = await beside('live', 'real')
    await box.fetch('/live/auth/code?mobile=12')
    expect((await box.backends.drift()).drift).toEqual([])
    expect((await box.requests.list())[0]).toMatchObject({ source: 'real', error: 'API_BAD_REQUEST' })
  })

  test('in the mode compare is one whose refusal the backend does not share', async () => {
    const { box } = await beside('job', 'compare')
    await box.fetch('/job/login', form({ username: '13800002002', password: 'wrong' }))
    expect((await box.backends.drift()).drift).toEqual([])
  })
})
