/** What may be written into a record through the control plane is what the code can carry: no call breaks on any of it. */
import { afterEach, describe, expect, test } from 'vitest'
import { isObject } from '../src/plain/json.js'
import { loadSystems } from '../src/systems/load.js'
import { type Box, kindOf, serveControl } from './support/control.js'
import { credential } from './support/credential.js'
import { buildRequest, readExamples, type WireRequest } from './support/requests.js'

const systems = await loadSystems([])
const { box, problems } = await serveControl([])
afterEach(() => {
  expect(problems).toEqual([])
})

/** As deep as a body may be in which it stands. */
const deep = (levels: number): unknown => (levels === 0 ? 'x' : [deep(levels - 1)])
/** More than numbers count exactly, clocks show, headers carry, columns hold; and what is no text that travels. */
const EXTREMES: readonly unknown[] = [1e300, 253_402_300_800_000, -62_167_219_200_001, 'a\r\nb: \ud800\u0000名', deep(97)]

/** Collections of which no world has records. */
const SAMPLES: Readonly<Record<string, object>> = {
  smsCodes: { key: 'a', phone: '13800000000', code: '123456', sentAt: 0, expiresAt: null, used: false, earlier: [] },
  answers: { id: 1, userId: 1, questionId: 1, optionIds: [1], right: true, createdAt: 0 },
  withdrawals: { id: 1, userId: 1, amtFen: 100, payType: 0, account: 'a', createdAt: 0 },
  clients: { client: '203.0.113.7', sentAt: 0 },
  messages: {
    id: 'p-4001:00000001', pushId: 'p-4001', seq: 1, sentAt: 0, deliveredAt: null,
    item: { chatId: 'c', fromId: 'u-4002', toId: 'u-4001', type: '1', info: [{ category: '0', content: 'x' }], createTime: '', further: '' },
  },
}

/** @returns the value with the extreme in the place of one of its parts, for each part, and the extreme itself */
function withExtreme(value: unknown, extreme: unknown): readonly unknown[] {
  if (Array.isArray(value)) return [...value.flatMap((item, i) => withExtreme(item, extreme).map((changed) => value.with(i, changed) as unknown)), extreme]
  if (!isObject(value)) return [extreme]
  return [...Object.entries(value).flatMap(([name, item]) => withExtreme(item, extreme).map((changed) => ({ ...value, [name]: changed }))), extreme]
}

describe.each(systems.map((system) => ({ id: system.id, system })))('$id', ({ id, system }) => {
  const examples = readExamples(system)
  const looks = ['/sms', '/sessions', '/users', '/clock', '/clock/expiring?until=2999-01-01T00:00:00Z', `/db/${id}`, '/requests?limit=1', '/sockets']

  /** All that the contract has examples of, as somebody who is logged in. */
  const everyCall = (headers: Readonly<Record<string, string>>): readonly WireRequest[] =>
    Object.entries(system.contract.operations).flatMap(([operation, row]) => {
      const { parameters, bodies } = examples.get(operation) ?? { parameters: {}, bodies: [] }
      return (bodies.length === 0 ? [{}] : bodies).map((body) => buildRequest(operation, row, { ...parameters, ...body }, row.auth === 'none' ? {} : headers))
    })

  async function expectNothingBreaks(here: Box, calls: readonly WireRequest[], told: string) {
    for (const { operation, path, method, headers, body } of calls) {
      const answer = await here.call(`/${id}${path}`, { method, headers, ...(body === null ? {} : { body }) })
      expect([answer.status < 500, answer.headers.get('understudy-violation')], `${told}: ${operation}: ${answer.text} ${problems.splice(0).join('\n')}`).toEqual([true, null])
    }
    for (const look of looks) expect((await here.admin('GET', look)).status, `${told}: ${look}`).toBe(200)
    const file = await here.admin('GET', '/snapshot')
    expect((await here.admin('PUT', '/snapshot', file.text)).status, `${told}: ${file.text}`).toBe(200)
  }

  test.each(Object.keys(system.state))('%s', async (collection) => {
    const here = box()
    await here.clock.freeze()
    const calls = everyCall(await credential(system, here))
    await expectNothingBreaks(here, calls, 'at first')
    const shelf = `/db/${id}/${collection}`
    const list = async () => JSON.parse((await here.admin('GET', `${shelf}?_limit=2`)).text) as readonly Readonly<Record<string, unknown>>[] // as the contract has it
    if ((await list()).length === 0) expect((await here.admin('POST', shelf, SAMPLES[collection] ?? {})).status, `${collection} needs a sample`).toBe(201)
    const key = system.state[collection]?.key ?? ''
    const before = (await here.admin('GET', '/snapshot')).text
    for (const extreme of EXTREMES) {
      const taken = new Set<string>()
      for (const record of await list()) {
        for (const [name, value] of Object.entries(record).filter(([field]) => field !== key)) {
          for (const changed of withExtreme(value, extreme)) {
            const { status } = await here.admin('PATCH', `${shelf}/${encodeURIComponent(String(record[key]))}`, { [name]: changed })
            if (status === 200) taken.add(name)
          }
        }
      }
      if (taken.size === 0) continue
      await expectNothingBreaks(here, calls, `${[...taken].join()} = ${JSON.stringify(extreme).slice(0, 40)}`)
      await here.admin('PUT', '/snapshot', before)
    }
  })
})

describe('what is nested very deeply', () => {
  const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

  test.each([101, 10_000, 100_000])('%i levels: is no body, of any system or of the control plane', async (levels) => {
    const here = box()
    await expect(here.call('/live/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: nested(levels) })).toFailWith('API_BAD_REQUEST')
    await expect(here.call('/trid/index.php?r=user/register', { method: 'POST', body: nested(levels) })).toFailWith('JSON_DECODE_FAILED')
    for (const [method, path] of [['POST', '/faults'], ['POST', '/db/live/users'], ['PUT', '/settings']] as const) {
      const answer = await here.admin(method, path, nested(levels))
      expect([answer.status, kindOf(answer), answer.text]).toEqual([400, 'invalid-request', expect.stringContaining('more than 100 objects and lists inside one another')])
    }
  })

  test('whatever fault rules take fits into a snapshot, and back', async () => {
    const here = box()
    const rule = (levels: number) => `{"system":"live","fault":{"kind":"error","error":"API_UNAUTHORIZED","extra":${nested(levels)}}}`
    expect(kindOf(await here.admin('POST', '/faults', rule(99)))).toBe('invalid-request')
    expect((await here.admin('POST', '/faults', rule(98))).status).toBe(201)
    expect((await here.admin('GET', '/faults')).status).toBe(200)
    await expect(here.call('/live/auth/code?mobile=13800003001')).toFailWith('API_UNAUTHORIZED')
    const file = (await here.admin('GET', '/snapshot')).text
    expect((await here.admin('PUT', '/snapshot', file)).status).toBe(200)
    expect(kindOf(await here.admin('PUT', '/snapshot', file.replace(nested(98), nested(120))))).toBe('invalid-request')
  })
})
