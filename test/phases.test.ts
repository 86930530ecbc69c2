/** What a call does when its transaction has to run again. */
import { expect, test } from 'vitest'
import type { System } from '../src/core/system.js'
import { live } from '../src/systems/live/index.js'
import { type Box, serve } from './support/serve.js'

/** What every operation is given to work with, as far as it matters here. */
interface Work {
  aside<T>(work: () => Promise<T>): Promise<T>
}

/** The same system, with something that happens in each run of an operation before its own work. */
function withBefore(system: System, operation: string, before: (work: Work) => Promise<void>): System {
  const original = system.operations[operation]
  if (original === undefined) throw new Error(`${system.id} has no ${operation}`)
  const longer = async (work: never) => {
    await before(work)
    return original(work)
  }
  return { ...system, operations: { ...system.operations, [operation]: longer } }
}

let before: (work: Work) => Promise<void> = () => Promise.resolve()
const { box } = await serve(withBefore(live, 'liveUpdateMe', (work) => before(work)))

const PHONE = '13800003001'

async function login(app: Box): Promise<Readonly<Record<string, string>>> {
  await app.call(`/auth/code?mobile=${PHONE}`)
  const { json } = await app.call('/auth/login', { method: 'POST', body: { mobile: PHONE, auth_code: '123456' } })
  return { authorization: Buffer.from(String(json?.['api_key'])).toString('base64') }
}

const update = (app: Box, headers: Readonly<Record<string, string>>, bio: string) => app.call('/users/my', { method: 'POST', headers, body: { bio } })

test('a rerun that fails before it knows who calls leaves nothing of the first run in the journal', async () => {
  const app = await box()
  const headers = await login(app)
  let runs = 0
  before = async () => {
    // Another call ends the session that this one has just been let in with.
    if (++runs === 1) await app.call('/auth/logout', { method: 'POST', headers })
  }
  expect((await update(app, headers, 'never')).json).toMatchObject({ code: 4010 })
  expect(runs).toBe(1)
  expect((await app.requests.list()).reverse().map(({ operationId, user }) => [operationId, user])).toEqual([
    ['liveSendCode', null], ['liveLogin', expect.any(String)], ['liveLogout', expect.any(String)], ['liveUpdateMe', null],
  ])
})

test('work beside the transaction is done once, while others may write what the call is about to write', async () => {
  const app = await box()
  const headers = await login(app)
  const runs: string[] = []
  before = async ({ aside }) => {
    runs.push('begun')
    const done = await aside(async () => {
      const here = before
      before = () => Promise.resolve()
      expect((await update(app, headers, 'meanwhile')).json).toMatchObject({ code: 2000 })
      before = here
      return `aside ${String(runs.length)}`
    })
    runs.push(done)
  }
  expect((await update(app, headers, 'last')).json).toMatchObject({ code: 2000, user: { bio: 'last' } })
  expect(runs).toEqual(['begun', 'begun', 'aside 1'])
})
