/** Who is logged in, step after step: logins, renewals and ends that the stub makes itself, and those that a real backend tells of; drawn by chance, each with all sessions after it. */
import { expect, test } from 'vitest'
import { adopt, newsOf, pair } from '../../src/core/backends/adopt.js'
import type { SeenReply, SessionNews } from '../../src/core/dialect.js'
import { activeOrFailure, type Device, type Found, type SessionPolicy, type SessionRecord, unknownDevice } from '../../src/core/sessions.js'
import type { System } from '../../src/core/system.js'
import { edu } from '../../src/systems/edu/index.js'
import { im } from '../../src/systems/im/index.js'
import { job } from '../../src/systems/job/index.js'
import { live } from '../../src/systems/live/index.js'
import { trid } from '../../src/systems/trid/index.js'
import { oneSystem } from '../support/one-system.js'
import { Draw, shown, WrittenDown } from '../support/written-down.js'

const devices: readonly Device[] = [unknownDevice, { label: 'iPad', platform: 'ios', client: '1.2' }]
const worth = (found: Found) => {
  const good = activeOrFailure(found)
  return [found.state, found.session?.id.slice(2, 6) ?? null, 'expiresAt' in good ? good.expiresAt : good]
}
/** A session in one line; tokens by their beginnings. */
const short = (token: string | null) => token?.slice(0, 6) ?? null
const lineOf = ({ id, userId, realm, accessToken, accessExpiresAt, refreshToken, refreshExpiresAt, previousAccess, device, issuedAt, endedAt, endedBy, displacedBy, real }: SessionRecord) => [
  id.slice(2, 6), `${realm}/${userId}`, short(accessToken), accessExpiresAt, short(refreshToken), refreshExpiresAt, previousAccess === null ? null : [short(previousAccess.token), previousAccess.until], device.label, issuedAt, endedAt, endedBy, displacedBy, real,
]

/** Writes down each session that is another than it was, and each that is gone. */
function noting(told: WrittenDown) {
  let before = new Map<string, string>()
  return (sessions: readonly SessionRecord[]) => {
    const now = new Map(sessions.map((one) => [one.id, shown(lineOf(one))]))
    for (const [id, line] of now) if (before.get(id) !== line) told.note(before.has(id) ? '  is' : '  new', line)
    for (const id of before.keys()) if (!now.has(id)) told.note('  gone', id.slice(2, 6))
    before = now
  }
}

const hex = { alphabet: 'hex', length: 12 } as const
const policies: Readonly<Record<string, SessionPolicy>> = {
  'one at a time, with a refresh token': { access: { ...hex, lifetime: 100 }, refresh: { ...hex, lifetime: 400 }, perUser: 'one', endedKept: 2 },
  'one at a time, for ever': { access: { ...hex, lifetime: null }, perUser: 'one' },
  'many, with a refresh token for ever': { access: { ...hex, lifetime: 150 }, refresh: { ...hex, lifetime: null }, perUser: 'many', endedKept: 1 },
}

test.each(Object.entries(policies))('what the stub does itself: %s', async (name, sessions) => {
  const told = new WrittenDown()
  const draw = new Draw(5)
  const note = noting(told)
  const { within, all, pass } = await oneSystem({ ...live, sessions }, [])
  for (let i = 0; i < 120; i++) {
    const known = await all()
    const one = known.length === 0 ? null : draw.of(known)
    const token = one === null ? 'none' : draw.of([one.accessToken, one.refreshToken ?? 'none', one.previousAccess?.token ?? one.accessToken, 'none'])
    const [kind, user, realm, device, time] = [draw.below(11), draw.of(['1', '2']), draw.of(['', 's']), draw.of(devices), draw.below(60)]
    pass(time)
    await told.try(`${String(i)} +${String(time)} ${String(kind)} ${realm}/${user} ${token.slice(0, 6)} ${one?.id.slice(2, 6) ?? ''}`, () => within(async (now) => {
      switch (kind) {
        case 0: case 1: return lineOf(await now.issue({ userId: user, realm, device }))
        case 2: return lineOf(await now.issue({ userId: user, lifetime: draw.of([null, 10]), real: { backend: 'http://a', access: `real-${String(i)}`, refresh: draw.of([null, `more-${String(i)}`]), accessLifetime: draw.of([null, 50]), refreshLifetime: draw.of([null, 70, 9e15]) } }))
        case 3: return worth(await now.byAccessToken(token))
        case 4: return [worth(await now.byAccessToken(token, realm)), worth(await now.byRefreshToken(token, realm))]
        case 5: return worth(await now.byRefreshToken(token))
        case 6: return one === null ? null : [lineOf(await now.renewAccess(one, draw.of([0, 30, 1000]))), now.renewed?.id === one.id, now.issued]
        case 7: return one === null ? null : lineOf(await now.renewRefresh(one))
        case 8: return one === null ? null : now.end(one, draw.of(['loggedOut', 'revoked']))
        case 9: return (await now.displace(user, realm, device)).map(({ id }) => id.slice(2, 6))
        default: return [one === null ? null : worth(now.judge(one)), (await now.ofUser(user, realm)).map(({ id }) => id.slice(2, 6))]
      }
    }))
    note(await all())
  }
  await told.isThatOf(`sessions-${name.replace(/\W+/g, '-')}`)
})

const stored = (id: number) => ({ id, mobile: `1380000300${String(id)}`, nickname: `n${String(id)}`, bio: '', avatar: '', gender: null })

test('what a real backend tells of sessions, taken in or noted beside those of the stub', async () => {
  const told = new WrittenDown()
  const draw = new Draw(8)
  const note = noting(told)
  const system: System = { ...live, sessions: { access: { ...hex, lifetime: null }, refresh: { ...hex, lifetime: 300 }, perUser: 'one', endedKept: 2 } }
  const { during, within, all, pass } = await oneSystem(system, [stored(1), stored(2)])
  const tokens = () => ({ access: `a${String(draw.below(9))}`, refresh: draw.of([null, `r${String(draw.below(5))}`]), accessLifetime: draw.of([null, 40]), refreshLifetime: draw.of([null, 90]) })
  const newsDrawn = (): SessionNews => {
    switch (draw.below(4)) {
      case 0: case 1: {
        const mobile = `1380000300${String(draw.below(5))}`
        const record = draw.of([{ ...stored(0), mobile }, { ...stored(0), mobile }, { ...stored(0), mobile: 7 }])
        return { kind: 'began', user: { names: { mobile }, ...draw.of([{}, { key: '1' }, { key: '9' }]), record: async (next) => ({ ...record, id: await next(50) }) }, tokens: tokens(), ...draw.of([{}, { realm: 's' }, { device: { label: 'phone', platform: null, client: null } }]) }
      }
      case 2: {
        const { access, refresh, ...lifetimes } = tokens()
        return { kind: 'renewed', by: draw.of([null, 'r1', 'r2']), tokens: draw.of([{ access, accessLifetime: lifetimes.accessLifetime }, { refresh, ...lifetimes }, { access, refresh }, {}]) }
      }
      default: return { kind: 'ended', reason: draw.of(['loggedOut', 'displaced', 'revoked']), ...draw.of([{}, { displacedBy: { label: 'iPad', platform: null, client: null, at: 5 } }]) }
    }
  }
  for (let i = 0; i < 160; i++) {
    pass(draw.below(30))
    const known = await all()
    const someone = () => (known.length === 0 || draw.below(4) === 0 ? null : draw.of(known))
    const [caller, issued, renewed, backend] = [someone(), someone(), draw.below(3) === 0 ? someone() : null, draw.of(['http://a', 'http://a', 'http://b'])]
    const [news, way] = [newsDrawn(), draw.below(4)]
    const who = `${caller?.id.slice(2, 6) ?? 'nobody'} at ${backend.slice(-1)}`
    if (way === 0) await told.try(`${String(i)} the stub logs in`, () => within((now) => now.issue({ userId: '2', device: devices[1] ?? unknownDevice }).then(({ id }) => id.slice(2, 6))))
    else await told.try(`${String(i)} ${way === 1 ? 'beside' : 'taken in'}: ${who} ${JSON.stringify(news)}${way === 1 ? ` ${String(issued?.id.slice(2, 6))} ${String(renewed?.id.slice(2, 6))}` : ''}`, () => during((turn) => {
      const adopting = { system, turn, backend, caller }
      return way === 1 ? pair(adopting, news, { issued, renewed }) : adopt(adopting, news)
    }))
    note(await all())
  }
  for (const user of await within((_, tx) => tx.list('users', () => true))) told.note('user', user)
  await told.isThatOf('sessions-adopted')
})

test('what a session that is not there any more, or was there in another world, changes', async () => {
  const system: System = { ...live, sessions: { access: { ...hex, lifetime: null }, perUser: 'one' } }
  const { during, within, all } = await oneSystem(system, [stored(1)])
  const gone = await within((now) => now.issue({ userId: '1' }))
  await within((_, tx) => tx.delete('sessions', gone.id))
  const ended: SessionNews = { kind: 'ended', reason: 'revoked' }
  for (const act of [adopt, (adopting: Parameters<typeof adopt>[0], news: SessionNews) => pair(adopting, news, { issued: gone, renewed: gone })]) {
    for (const news of [ended, { kind: 'renewed', by: 'no such', tokens: { access: 'a' } } as const]) {
      expect(await during((turn) => act({ system, turn, backend: 'http://a', caller: gone }, news))).toEqual({ userId: null, problem: null })
    }
  }
  expect(await all()).toEqual([])
})

test('which errors of a real backend end a session', async () => {
  const told = new WrittenDown()
  const request = { method: 'GET', headers: {}, query: () => undefined, field: () => undefined, pathParameters: {}, hasBody: false }
  for (const system of [edu, im, job, live, trid]) {
    const seen = (error: string | null | undefined): SeenReply => ({ operation: 'none', request, body: {}, headers: {}, error })
    await told.table(system.id, (error: string | null | undefined) => newsOf(system, seen(error)), [undefined, null, 'NO_SUCH', ...Object.keys(system.contract.errors)].map((error) => [error] as const))
  }
  await told.isThatOf('sessions-news')
})
