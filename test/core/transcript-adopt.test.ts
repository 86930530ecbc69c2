/** What a real backend's news of sessions become here: logins, renewals and ends, whoever they are of and whatever stands here already. */
import { expect, test } from 'vitest'
import { adopt, type Adopting, newsOf, pair } from '../../src/core/backends/adopt.js'
import { adoptedIn, IssuedTokens } from '../../src/core/backends/issued.js'
import { isUnknownThere } from '../../src/core/backends/read.js'
import { NoRoom } from '../../src/core/engine/engine.js'
import { type GivenTokens, type SessionRecord } from '../../src/core/sessions.js'
import type { SeenUser, SessionNews } from '../../src/core/dialect.js'
import { Superseded } from '../../src/core/superseded.js'
import type { System } from '../../src/core/system.js'
import { edu } from '../../src/systems/edu/index.js'
import { im } from '../../src/systems/im/index.js'
import { job } from '../../src/systems/job/index.js'
import { live } from '../../src/systems/live/index.js'
import { trid } from '../../src/systems/trid/index.js'
import { oneSystem } from '../support/one-system.js'
import { WrittenDown } from '../support/written-down.js'

const backend = 'http://real.test/base'
const user = (id: number) => ({ id, mobile: `1380000300${String(id)}`, nickname: `n${String(id)}`, bio: '', avatar: '', gender: null })
const seenUser = (more: Partial<SeenUser> = {}): SeenUser => ({ names: { mobile: user(1).mobile }, record: async (draw) => ({ ...user(9), id: await draw(50) }), ...more })
const tokens = (name: string, more: Partial<GivenTokens> = {}): GivenTokens => ({ access: `access-${name}`, refresh: `refresh-${name}`, accessLifetime: 60, refreshLifetime: 90, ...more })

const users: Readonly<Record<string, SeenUser>> = {
  'by name': seenUser(),
  'by two names': seenUser({ names: { mobile: user(2).mobile, nickname: 'n2' } }),
  'by two names, of which one is another\'s': seenUser({ names: { mobile: user(2).mobile, nickname: 'n1' } }),
  'by a name that is a number': seenUser({ names: { id: '2' } }),
  'by key': seenUser({ names: { mobile: 'x' }, key: '2' }),
  'by a key that nobody has': seenUser({ names: { mobile: 'x' }, key: '7' }),
  'whom nobody is': seenUser({ names: { mobile: 'x' } }),
  'whose record is none': seenUser({ names: { mobile: 'x' }, record: () => Promise.resolve({ id: 5, mobile: 7 }) }),
  'whose record is somebody\'s': seenUser({ names: { mobile: 'x' }, record: () => Promise.resolve(user(1)) }),
}

const news: Readonly<Record<string, SessionNews>> = {
  ...Object.fromEntries(Object.entries(users).map(([name, one]) => [`began, ${name}`, { kind: 'began', user: one, tokens: tokens('new') } as const])),
  'began in a realm, on a device': { kind: 'began', user: seenUser(), realm: 'r', device: { label: 'phone', platform: 'ios', client: null }, tokens: tokens('new', { refresh: null, refreshLifetime: null, accessLifetime: null }) },
  'began with tokens that are there': { kind: 'began', user: seenUser(), tokens: tokens('a') },
  'began with an access token that is there': { kind: 'began', user: seenUser(), tokens: tokens('new', { access: 'access-a' }) },
  'began with a refresh token that is there': { kind: 'began', user: seenUser(), tokens: tokens('new', { refresh: 'refresh-a' }) },
  'renewed by a token': { kind: 'renewed', by: 'refresh-a', tokens: tokens('new') },
  'renewed by one that nobody has': { kind: 'renewed', by: 'refresh-x', tokens: tokens('new') },
  'renewed': { kind: 'renewed', by: null, tokens: tokens('new') },
  'renewed, access alone': { kind: 'renewed', by: 'refresh-a', tokens: { access: 'access-new' } },
  'renewed, access for ever': { kind: 'renewed', by: 'refresh-a', tokens: { access: 'access-new', accessLifetime: null } },
  'renewed, refresh alone': { kind: 'renewed', by: 'refresh-a', tokens: { refresh: 'refresh-new', refreshLifetime: 90 } },
  'renewed, no refresh any more': { kind: 'renewed', by: 'refresh-a', tokens: { access: 'access-new', refresh: null, refreshLifetime: null } },
  'renewed, nothing': { kind: 'renewed', by: 'refresh-a', tokens: {} },
  'renewed with the same': { kind: 'renewed', by: 'refresh-a', tokens: tokens('a') },
  'renewed with another\'s': { kind: 'renewed', by: 'refresh-a', tokens: tokens('b') },
  'ended': { kind: 'ended', reason: 'revoked' },
  'ended by its user': { kind: 'ended', reason: 'loggedOut' },
  'ended by another login': { kind: 'ended', reason: 'displaced', displacedBy: { label: 'phone', platform: null, client: null, at: 5 } },
}

/** A sandbox with three sessions of one user, two of them known to the backend, one of those to another one. */
async function withSessions(system: System) {
  const { during, within, all, sandbox } = await oneSystem(system, [user(1), user(2)])
  const a = await within((now) => now.issue({ userId: '1', real: { ...tokens('a'), backend } }))
  const b = await within((now) => now.issue({ userId: '1', real: { ...tokens('b'), backend } }))
  const other = await within((now) => now.issue({ userId: '1', real: { ...tokens('o'), backend: 'http://other.test' } }))
  const own = await within((now) => now.issue({ userId: '1' }))
  const ended = await within(async (now, tx) => tx.update('sessions', (await now.issue({ userId: '2', real: { ...tokens('e'), backend } })).id, { endedAt: 7, endedBy: 'revoked' }))
  return { during, within, all, sandbox, callers: { a, b, other, own, ended } }
}

/** What a session is, in a line; what the stub has drawn is not told. */
function line({ userId, realm, device, accessToken, refreshToken, accessExpiresAt, refreshExpiresAt, endedAt, endedBy, displacedBy, previousAccess, real }: SessionRecord): readonly unknown[] {
  const plain = (token: string | null) => (token === null || /^(?:access|refresh)-/.test(token) ? token : 'drawn')
  return [userId, realm, device.label, plain(accessToken), plain(refreshToken), accessExpiresAt, refreshExpiresAt, endedAt, endedBy, displacedBy, previousAccess, real]
}

const system: System = { ...live, sessions: { access: { alphabet: 'hex', length: 32, lifetime: null }, refresh: { alphabet: 'hex', length: 40, lifetime: null }, perUser: 'many' } }

test('what news of sessions become', async () => {
  const told = new WrittenDown()
  for (const [what, one] of Object.entries(news)) {
    told.part(what)
    const seen = new Set<string>()
    const names = one.kind === 'began' ? ['a'] as const : ['a', 'b', 'other', 'own', 'ended', 'nobody'] as const
    for (const name of names) {
      for (const how of ['adopt', 'pair'] as const) {
        if (one.kind !== 'began' || how === 'adopt' || what === 'began, by name') await told.try(`${how}, ${name}`, async () => {
          const { during, all, callers } = await withSessions(system)
          const caller = name === 'nobody' ? null : callers[name]
          const before = new Set((await all()).map((session) => JSON.stringify(line(session))))
          const outcome = await during((turn) => {
            const adopting: Adopting = { system, turn, backend, caller }
            return how === 'adopt' ? adopt(adopting, one) : pair(adopting, one, { issued: caller, renewed: name === 'b' ? callers.a : null })
          })
          const after = (await all()).map(line)
          const came = after.filter((session) => !before.has(JSON.stringify(session)))
          const went = [...before].filter((session) => !after.some((now) => JSON.stringify(now) === session))
          const shown = JSON.stringify([outcome, came, went])
          if (seen.has(shown)) return 'as before'
          seen.add(shown)
          return [outcome, ...came, 'instead of', ...went]
        })
      }
    }
  }
  await told.isThatOf('adopt')
})

test('what becomes of news for which there is no room, or no sandbox any more', async () => {
  const { during, within, callers } = await withSessions(system)
  const told = new WrittenDown()
  for (const error of [new NoRoom('there is no more room'), new Superseded(), new Error('a bug')]) {
    const failing = (turn: Adopting['turn']): Adopting['turn'] => new Proxy(turn, { get: (real, name) => (name === 'transact' ? () => Promise.reject(error) : Reflect.get(real, name) as unknown) })
    for (const one of ['began, by name', 'ended']) await told.try(`${error.message}: ${one}`, () => during((turn) => adopt({ system, turn: failing(turn), backend, caller: callers.a }, news[one] ?? { kind: 'ended', reason: 'revoked' })))
  }
  const gone = await within(async (_, tx) => tx.delete('sessions', callers.a.id).then(() => callers.a))
  for (const one of ['ended', 'renewed']) for (const how of [adopt, pair]) await told.try(`${how.name}, ${one}, of a session that is gone`, () => during((turn) => how({ system, turn, backend, caller: gone }, news[one] ?? { kind: 'ended', reason: 'revoked' }, { issued: null, renewed: null })))
  await told.isThatOf('adopt-failures')
})

test('what errors say of sessions where the dialect has nothing special to say', async () => {
  const told = new WrittenDown()
  for (const one of [edu, im, job, live, trid] as readonly System[]) {
    const { adopt: _, ...dialect } = one.dialect
    const conditions = Object.fromEntries(['unauthenticated', 'kickedOut', 'banned', 'forbidden', 'internal', undefined].map((condition) => [String(condition), { ...Object.values(one.contract.errors)[0], condition }]))
    const plain = { ...one, dialect, contract: { ...one.contract, errors: conditions } } as unknown as System // of a contract that has no more in it than is looked at
    for (const error of [...Object.keys(conditions), 'nobody', null, undefined]) {
      const seen = { operation: 'x', request: { method: 'GET', headers: {}, query: () => undefined, field: () => undefined, pathParameters: {}, hasBody: false }, body: {}, headers: {}, error } as const
      told.note(`${one.id} ${String(error)}`, newsOf(plain, seen))
    }
  }
  const { contract } = live
  for (const condition of ['unknownEndpoint', 'notFound', 'internal']) {
    const odd = { ...contract, errors: { ODD: { ...Object.values(contract.errors)[0], condition } } } as unknown as typeof contract // as above
    told.note(`unknown there: ${condition}`, [200, 404, 405, 501, 503].map((status) => isUnknownThere(odd, 'liveLogin', { status, json: {}, error: 'ODD', isLong: false })))
  }
  await told.isThatOf('adopt-errors')
})

test('the tokens of real backends are found in what a sandbox keeps', async () => {
  const { during } = await withSessions(system)
  const found = await during((turn) => adoptedIn([turn.store(live.id)]))
  expect(found.hide('access-a refresh-b access-o; x-access-e, nothing')).toBe('*** *** ***; x-***, nothing')
  expect((await adoptedIn([])).hide('access-a')).toBe('access-a')
})

test('tokens stand in sessions, and one that comes again takes no more room', () => {
  const issued = new IssuedTokens()
  const change = (collection: string, after: object | null) => [{ collection, key: 'k', before: null, after: after as Readonly<Record<string, unknown>> | null }]
  issued.note(change('users', { accessToken: 'of a user' }))
  issued.note(change('sessions', null))
  expect(issued.isForeign('of a user', backend)).toBe(false)
  const given = (token: string) => { issued.note(change('sessions', { accessToken: token, refreshToken: null, real: { backend, access: token, refresh: null } })) }
  const other = 'http://other.test'
  given('the first')
  const long = 'k'.repeat(128 * 1024)
  for (let i = 0; i < 200; i++) given(long)
  expect([issued.isForeign('the first', other), issued.isForeign(long, other)]).toEqual([true, true])
  // With these there are 16 Mi characters, and one more.
  for (let i = 1; i < 127; i++) given(`${long.slice(3)}${String(i).padStart(3, '0')}`)
  given('l'.repeat(128 * 1024 - 9))
  expect(issued.isForeign('the first', other)).toBe(true)
  given('m')
  expect([issued.isForeign('the first', other), issued.isForeign(long, other)]).toEqual([false, true])
})
