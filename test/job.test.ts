/** How job speaks: carriages of the token, envelope, forms, pages. */
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { CollectionName } from '../src/client/contracts.js'
import { job } from '../src/systems/job/index.js'
import { ad, ADMIN, BLOCKED, caller, CODE, codeOf, dataOf, enter, expectDone, form, FRESHMAN, MERCHANT, nameOf, PASSWORD, payloadOf, PENNILESS_MERCHANT, STUDENT } from './support/job.js'
import { type Box, serve } from './support/serve.js'

const { box } = await serve(job)

describe('the token', () => {
  test('is twenty letters', async () => {
    expect((await enter(await box(), STUDENT)).token).toMatch(/^[A-Za-z]{20}$/)
  })

  /** One call of each kind: a GET, a POST whose operation takes a body, one whose takes none, a PUT, a DELETE. */
  const calls: readonly (readonly [method: string, path: string])[] = [
    ['GET', '/api/user/acc/balance'],
    ['POST', '/api/user/acc/question'],
    ['POST', '/api/user/quest/assign/9'],
    ['PUT', '/api/user/acc/dealPwd'],
    ['DELETE', '/api/u/job/fav/7'],
  ]

  test.each(calls)('%s %s takes it in the header, by any case of the name', async (method, path) => {
    const app = await box()
    const { token } = await enter(app, STUDENT)
    for (const name of ['App-Token', 'app-token', 'APP-TOKEN']) expect(codeOf(await app.call(path, { method, headers: { [name]: token } }))).not.toBe(7)
  })

  test.each(calls)('%s %s takes it in the query', async (method, path) => {
    const app = await box()
    const { token } = await enter(app, STUDENT)
    expect(codeOf(await app.call(`${path}?appToken=${token}`, { method }))).not.toBe(7)
  })

  test.each(calls.filter(([method]) => method === 'POST' || method === 'PUT'))('%s %s takes it as a field of the form', async (method, path) => {
    const app = await box()
    const { token } = await enter(app, STUDENT)
    expect(codeOf(await app.call(path, { method, body: form({ appToken: token }) }))).not.toBe(7)
  })

  test('as a form field logs in where the operation takes no fields at all', async () => {
    const app = await box()
    const { token } = await enter(app, STUDENT)
    expectDone(await app.call('/api/u/job/fav/2', { method: 'POST', body: form({ appToken: token }) }))
  })

  test('counts in the header before the query, and in the query before the form', async () => {
    const app = await box()
    const { token } = await enter(app, STUDENT)
    const dead = 'x'.repeat(20)
    const call = (header: string, query: string, field: string) =>
      app.call(`/api/user/acc/question?appToken=${query}`, { method: 'POST', headers: header === '' ? {} : { 'App-Token': header }, body: form({ appToken: field }) })
    for (const [header, query, field] of [[token, dead, dead], ['', token, dead], ['', '', token]] as const) await expect(call(header, query, field)).toFailWith('EMPTY_FIELD')
    for (const [header, query, field] of [[dead, token, token], ['', dead, token], ['', '', dead], ['', '', '']] as const) await expect(call(header, query, field)).toFailWith('NOT_LOGGED_IN')
  })

  test('that is empty is none at all', async () => {
    const app = await box()
    const { token } = await enter(app, STUDENT)
    expect(codeOf(await app.call(`/api/user/acc/balance?appToken=${token}`, { headers: { 'App-Token': '' } }))).toBe(0)
    expect(codeOf(await app.call('/api/job/list?appToken=', { headers: { 'App-Token': '' } }))).toBe(0)
  })

  test('is not looked for in cookies, JSON, other names, or the body of a DELETE', async () => {
    const app = await box()
    const { token } = await enter(app, STUDENT)
    await expect(app.call('/api/user/acc/balance', { headers: { cookie: `appToken=${token}` } })).toFailWith('NOT_LOGGED_IN')
    await expect(app.call('/api/user/acc/balance', { headers: { authorization: token } })).toFailWith('NOT_LOGGED_IN')
    await expect(app.call(`/api/user/acc/balance?apptoken=${token}`)).toFailWith('NOT_LOGGED_IN')
    await expect(app.call('/api/user/acc/question', { method: 'POST', body: { appToken: token } })).toFailWith('NOT_LOGGED_IN')
    await expect(app.call('/api/u/job/fav/1', { method: 'DELETE', body: form({ appToken: token }) })).toFailWith('NOT_LOGGED_IN')
    await expect(app.call('/api/user/acc/balance', { headers: { 'App-Token': token.toLowerCase() === token ? token.toUpperCase() : token.toLowerCase() } })).toFailWith('NOT_LOGGED_IN')
  })

  test('dies with the next login, not with a failed one, and nobody says by whom', async () => {
    const app = await box()
    const first = await enter(app, STUDENT)
    await caller(app).post('/login', { username: nameOf(STUDENT), password: 'wrong' })
    expect(codeOf(await first.get('/api/user/acc/balance'))).toBe(0)
    const second = await enter(app, STUDENT)
    expect((await first.get('/api/user/acc/balance')).json).toEqual({ message: 'not logged in', code: 7, data: null, ok: false })
    expect(codeOf(await second.get('/api/user/acc/balance'))).toBe(0)
  })

  test('dies with the logout, and not of age', async () => {
    const app = await box()
    const student = await enter(app, STUDENT)
    await app.clock.advance('P50Y')
    expectDone(await student.get('/logout', { m: 'app' }))
    await expect(student.get('/logout')).toFailWith('NOT_LOGGED_IN')
  })

  test('is needed nowhere on a public list, but one that is sent must be alive', async () => {
    const app = await box()
    const student = await enter(app, STUDENT)
    expect(codeOf(await student.get('/api/job/list'))).toBe(0)
    await student.get('/logout')
    await expect(student.get('/api/job/list')).toFailWith('NOT_LOGGED_IN')
    expect(codeOf(await caller(app).get('/api/job/list'))).toBe(0)
  })

  test('of somebody blocked is 6 before anything else, and works again after', async () => {
    const app = await box()
    const freshman = await enter(app, FRESHMAN)
    await app.sessions.ban({ system: 'job', user: String(FRESHMAN) })
    for (const answer of await Promise.all([freshman.get('/api/job/list'), freshman.post('/api/user/quest'), freshman.get('/logout')])) expect(codeOf(answer)).toBe(6)
    await app.sessions.unban({ system: 'job', user: String(FRESHMAN) })
    expectDone(await freshman.get('/logout'))
  })

  test('fifty logins at once leave exactly one that is alive', async () => {
    const app = await box()
    const students = await Promise.all(Array.from({ length: 50 }, () => enter(app, STUDENT)))
    const answers = await Promise.all(students.map((student) => student.get('/api/user/acc/balance')))
    expect(answers.filter((answer) => codeOf(answer) === 0)).toHaveLength(1)
  })
})

describe('the envelope', () => {
  test('-2 comes with 404, 405, 400 and 413, and with nothing else', async () => {
    const app = await box()
    const rejected = { message: 'ERROR', code: -2, data: null, ok: false }
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const large = `username=${'x'.repeat(1024 * 1024)}`
    for (const [status, path, call] of [
      [404, '/api/nothing', {}],
      [404, '/', {}],
      [404, '/api/job/abc', {}],
      [404, '/api/job/%zz', {}],
      [404, '/api/manage/certi/other', { method: 'PUT' }],
      [405, '/login', {}],
      [405, '/api/job/list', { method: 'DELETE' }],
      [400, '/api/job/list?pageNumber=%zz', {}],
      [400, '/login', { method: 'POST', headers: type, body: 'username=%zz&password=1' }],
      [413, '/login', { method: 'POST', headers: type, body: large }],
    ] as const) {
      const answer = await app.call(path, call)
      expect([answer.status, answer.json], path).toEqual([status, rejected])
    }
  })

  test('405 says which verbs there are', async () => {
    const app = await box()
    expect((await app.call('/login')).headers.get('allow')).toBe('POST')
    expect((await app.call('/api/user/acc/phone', { method: 'PATCH' })).headers.get('allow')?.split(', ').sort()).toEqual(['DELETE', 'PUT'])
  })

  test('an undecodable body is refused before the token, the role and the fields', async () => {
    const app = await box()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await app.call('/api/user/quest', { method: 'POST', headers, body: 'title=%' })).status).toBe(400)
  })

  test('a body that is no form is not read', async () => {
    const app = await box()
    const login = { username: nameOf(STUDENT), password: PASSWORD }
    await expect(app.call('/login', { method: 'POST', body: login })).toFailWith('EMPTY_FIELD')
    await expect(app.call('/login', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: form(login).toString() })).toFailWith('EMPTY_FIELD')
    expect(codeOf(await app.call('/login', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }, body: form(login).toString() }))).toBe(0)
    await expect(app.call('/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' })).toFailWith('EMPTY_FIELD')
  })

  test('form fields are not looked for in the query, nor query parameters in a body', async () => {
    const app = await box()
    await expect(app.call(`/login?${form({ username: nameOf(STUDENT), password: PASSWORD }).toString()}`, { method: 'POST' })).toFailWith('EMPTY_FIELD')
  })

  test('the role comes before the fields', async () => {
    const app = await box()
    await expect((await enter(app, STUDENT)).post('/api/user/quest', {})).toFailWith('NO_PERMISSION')
    await expect((await enter(app, MERCHANT)).post('/api/user/quest', {})).toFailWith('EMPTY_FIELD')
  })

  test('a trailing slash makes no difference, and HEAD is answered as GET without a body', async () => {
    const app = await box()
    expect(codeOf(await app.call('/api/job/list/'))).toBe(0)
    const head = await app.call('/api/job/list', { method: 'HEAD' })
    expect([head.status, head.text]).toEqual([200, ''])
  })
})

describe('pages', () => {
  const page = async (app: Box, query: Record<string, string | number> = {}) => payloadOf('jobListJobs', await caller(app).get('/api/job/list', query))
  const ids = ({ list }: { list: readonly { id: number }[] }) => list.map(({ id }) => id)

  test('jobs come newest first, eight a page, and are counted as a whole', async () => {
    const app = await box()
    const [first, second, beyond] = [await page(app), await page(app, { pageNumber: 1 }), await page(app, { pageNumber: 2 })]
    expect([ids(first), ids(second), ids(beyond)]).toEqual([[12, 11, 10, 9, 8, 7, 6, 5], [4, 3, 2, 1], []])
    expect([first, second, beyond].map(({ resultCount }) => resultCount)).toEqual([12, 12, 12])
    expect(ids(await page(app, { pageNumber: 1, pageSize: 5 }))).toEqual([7, 6, 5, 4, 3])
    expect(ids(await page(app, { pageNumber: '', pageSize: '' }))).toHaveLength(8)
  })

  test('a row has all its keys, its times in milliseconds and its wage in yuan', async () => {
    const app = await box()
    const { postTime } = payloadOf('jobGetJob', await caller(app).get('/api/job/12'))
    const boot = postTime + 3_600_000 // it was posted an hour before
    expect(dataOf(await caller(app).get('/api/job/2'))).toEqual({
      ...{ id: 2, title: '英语口语陪练', wage: 60.5, timeToPay: '日结', workTime: '周末下午，每次两小时', workPlace: '银杏大学图书馆咖啡角' },
      ...{ province: '四川省', city: '成都市', region: '双流区', jobDescription: '每小时 60.5 元，六级 550 分以上优先', jobDetail: '陪同准备出国面试，话题由我提供' },
      ...{ contact: '林晓雨', contactPhone: '13800002002', contactQq: null, likes: 0, memberId: 2, jobPostCategoryId: 2, deleted: false },
      ...{ postTime: boot - 11 * 3_600_000, expiredTime: boot + 21 * 86_400_000 },
    })
  })

  test.each(['pageNumber=-1', 'pageNumber=1.5', 'pageSize=0', 'pageSize=101', 'pageSize=x'])('%s is 11', async (query) => {
    await expect((await box()).call(`/api/job/list?${query}`)).toFailWith('ILLEGAL_PARAMETER')
  })

  test('a job that is published comes first, one that is deleted goes', async () => {
    const app = await box()
    const merchant = await enter(app, MERCHANT)
    const { id } = payloadOf('jobPublishJob', await merchant.post('/api/u/job', ad))
    const first = await page(app)
    expect(first.resultCount).toBe(13)
    expect(first.list[0]).toMatchObject({ id, wage: 90.5, postTime: (await app.clock.now()).milliseconds, expiredTime: Date.parse('2099-01-31T23:59:59+08:00') })
    expectDone(await merchant.del(`/api/u/job/${String(id)}`))
    expect((await page(app)).resultCount).toBe(12)
    await expect(merchant.get(`/api/job/${String(id)}`)).toFailWith('NOT_FOUND')
    await expect(merchant.del(`/api/u/job/${String(id)}`)).toFailWith('NOT_FOUND')
  })

  test('a second job may follow after exactly a minute, even if the first is deleted', async () => {
    const app = await box()
    const merchant = await enter(app, MERCHANT)
    const { id } = payloadOf('jobPublishJob', await merchant.post('/api/u/job', ad))
    await merchant.del(`/api/u/job/${String(id)}`)
    await app.clock.advance('PT59.999S')
    await expect(merchant.post('/api/u/job', ad)).toFailWith('TOO_FREQUENT')
    await app.clock.advance('PT0.001S')
    expect(codeOf(await merchant.post('/api/u/job', ad))).toBe(0)
  })

  test('favourites come latest first and keep what was deleted', async () => {
    const app = await box()
    const [student, merchant] = [await enter(app, STUDENT), await enter(app, MERCHANT)]
    await app.clock.advance('PT1S')
    expectDone(await student.post('/api/u/job/fav/12'))
    expect(dataOf(await student.get('/api/job/12'))).toMatchObject({ likes: 1 })
    expectDone(await merchant.del('/api/u/job/12'))
    const { list, resultCount } = payloadOf('jobListFavourites', await student.get('/api/u/job/favlist'))
    expect([resultCount, list.map(({ id, deleted, likes }) => [id, deleted, likes])]).toEqual([2, [[12, true, 1], [1, false, 1]]])
    expect(payloadOf('jobListFavourites', await student.get('/api/u/job/favlist', { pageNumber: 1, pageSize: 1 })).list).toMatchObject([{ id: 1 }])
    expectDone(await student.del('/api/u/job/fav/12'))
    await expect(student.del('/api/u/job/fav/12')).toFailWith('NOT_FOUND')
    await expect(student.post('/api/u/job/fav/12')).toFailWith('NOT_FOUND')
  })

  test('tasks come highest id first and may be narrowed by category and award', async () => {
    const app = await box()
    const tasks = async (query: Record<string, string | number> = {}) => payloadOf('jobListTasks', await caller(app).get('/api/quest/list', query))
    expect(ids(await tasks())).toEqual([11, 10, 9, 8, 7, 6, 5, 4])
    expect(ids(await tasks({ cateId: 2 }))).toEqual([10, 6, 3])
    expect(ids(await tasks({ cateId: 2, pn: 1, ps: 2 }))).toEqual([3])
    expect((await tasks({ min: '5', max: '5.00' })).resultCount).toBe(11)
    expect(await tasks({ min: '5.01' })).toEqual({ list: [], resultCount: 0 })
    expect(await tasks({ cateId: 99 })).toEqual({ list: [], resultCount: 0 })
    for (const [query, code] of [['min=abc', 17], ['max=0', 17], ['min=1.234', 17], ['cateId=x', 11], ['cateId=x&min=x', 11]] as const) {
      expect(codeOf(await app.call(`/api/quest/list?${query}`)), query).toBe(code)
    }
  })

  test('categories come by id, and an empty one can be deleted', async () => {
    const app = await box()
    const categories = async () => payloadOf('jobListCategories', await caller(app).get('/api/quest/cate/list'))
    expect((await categories()).list[2]).toEqual({ id: 3, name: '线下活动', memo: null, themeColor: null, level: null })
    expectDone(await (await enter(app, ADMIN)).del('/api/manage/quest/cate/3'))
    expect(ids(await categories())).toEqual([1, 2])
  })
})

describe('codes', () => {
  const NEWCOMER = '13800002901'
  const send = (app: Box) => caller(app).get('/register/sms', { mobile: NEWCOMER })
  const register = (app: Box, code = CODE) => caller(app).post('/register', { username: NEWCOMER, password: PASSWORD, rePassword: PASSWORD, code, nickname: '阿澈' })

  test('a code is good at 4:59.999 and dead at 5:00', async () => {
    for (const [wait, code] of [['PT4M59.999S', 0], ['PT5M', 25]] as const) {
      const app = await box()
      await send(app)
      await app.clock.advance(wait)
      expect(codeOf(await register(app))).toBe(code)
    }
  })

  test('another may be asked for after exactly a minute, and a refused request restarts nothing', async () => {
    const app = await box()
    await send(app)
    await app.clock.advance('PT59.999S')
    await expect(send(app)).toFailWith('TOO_FREQUENT')
    await app.clock.advance('PT0.001S')
    expectDone(await send(app))
  })

  test('only the newest counts, a wrong try costs nothing, success uses it up', async () => {
    const app = await box()
    await app.sms.source('sequence')
    await send(app)
    await app.clock.advance('PT1M')
    await send(app)
    await expect(register(app, '100001')).toFailWith('WRONG_CODE')
    expectDone(await register(app, '100002'))
    await expect(caller(app).post('/findPwd', { mobile: NEWCOMER, newPwd: 'xyz67890', code: '100002' })).toFailWith('WRONG_CODE')
  })

  test('a number that somebody bound as his phone cannot be registered', async () => {
    const app = await box()
    const freshman = await enter(app, FRESHMAN)
    await caller(app).get('/register/sms', { mobile: nameOf(FRESHMAN), reg: 1 })
    expectDone(await freshman.del('/api/user/acc/phone', { code: CODE }))
    await send(app)
    expectDone(await freshman.put('/api/user/acc/phone', { phone: NEWCOMER, code: CODE }))
    await expect(register(app)).toFailWith('USER_EXISTS')
    await expect(caller(app).post('/login', { username: NEWCOMER, password: PASSWORD })).toFailWith('USER_NOT_FOUND')
    expect(dataOf(await freshman.get('/api/user/3'))).toMatchObject({ username: nameOf(FRESHMAN), phone: NEWCOMER })
  })
})

describe('users', () => {
  test('a phone is shown to its owner only, and everybody has all keys', async () => {
    const app = await box()
    const student = await enter(app, STUDENT)
    const own = payloadOf('jobGetUser', await student.get('/api/user/2'))
    expect(own).toMatchObject({ id: 2, phone: nameOf(STUDENT), roleList: [{ rid: 2, rolename: 'STUDENT', memo: '学生' }], stuCerti: '02', credits: 120 })
    expect(own.createdTime).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    for (const other of [await student.get('/api/user/4'), await caller(app).get('/api/user/2')]) expect(dataOf(other)).toMatchObject({ phone: null })
    expect(dataOf(await caller(app).get(`/api/user/${String(BLOCKED)}`))).toMatchObject({ valid: false })
  })

  test('a deleted user is gone with his token, his likes and his account', async () => {
    const app = await box()
    const [admin, gone] = [await enter(app, ADMIN), await enter(app, 9)]
    expectDone(await gone.post('/api/u/job/fav/5'))
    expectDone(await gone.post('/api/user/acc', { dealPwd: '246810' }))
    const { id } = payloadOf('jobPublishJob', await gone.post('/api/u/job', ad))
    expectDone(await admin.del('/api/manage/user/9'))
    await expect(gone.get('/api/job/list')).toFailWith('NOT_LOGGED_IN')
    await expect(admin.get('/api/user/9')).toFailWith('USER_NOT_FOUND')
    await expect(admin.get(`/api/job/${String(id)}`)).toFailWith('NOT_FOUND')
    expect(dataOf(await admin.get('/api/job/5'))).toMatchObject({ likes: 0 })
    await expect(caller(app).post('/login', { username: nameOf(9), password: PASSWORD })).toFailWith('USER_NOT_FOUND')
    expect(await app.db('job').list('wallets', { userId: 9 })).toEqual([])
  })

  test('a deleted user leaves what others see of him: his jobs deleted, his tasks over, passed work on record; all else of his is gone, and nothing of anybody else', async () => {
    const app = await box()
    const records = app.db('job')
    const [admin, now] = [await enter(app, ADMIN), Date.parse((await app.clock.freeze()).now)]
    const [later, earlier] = [now + 86_400_000, now - 86_400_000]
    const taskOf = await records.get('tasks', 11)
    expect(taskOf.memberId).toBe(PENNILESS_MERCHANT)
    await records.update('tasks', 11, { endsAt: later })
    await records.create('tasks', { ...taskOf, id: 91, endsAt: earlier })
    await records.create('jobs', { ...(await records.get('jobs', 1)), id: 91, memberId: PENNILESS_MERCHANT, likes: 0 })
    await records.create('favourites', { id: 91, userId: PENNILESS_MERCHANT, jobId: 1, createdAt: now })
    await records.create('coupons', { ...(await records.get('coupons', 1)), id: 91, code: 'Z'.repeat(30), memId: PENNILESS_MERCHANT })
    await records.create('answers', { id: 91, userId: PENNILESS_MERCHANT, questionId: 1, optionIds: [1], right: true, createdAt: now })
    await records.create('claims', { id: 91, userId: PENNILESS_MERCHANT, questId: 10, createdAt: now })
    const work = await records.create('submissions', { ...(await records.get('submissions', 1)), id: 91, memberId: PENNILESS_MERCHANT, status: '05' })
    const names = (await records.collections()).map(({ name }) => name as CollectionName<'job'>) // its own
    const everything = async () => Object.fromEntries(await Promise.all(names.map(async (name) => [name, await records.list(name)] as const)))
    const { id: open } = (await records.list('submissions', { questId: 11 }))[0] ?? { id: 0 }
    await expect(admin.del(`/api/manage/user/${String(PENNILESS_MERCHANT)}`)).toFailWith('FAILED')
    await records.update('submissions', open, { status: '05' })
    const before = await everything()

    expectDone(await admin.del(`/api/manage/user/${String(PENNILESS_MERCHANT)}`))
    const after = await everything()
    const left = names.map((name) => [name, (before[name] ?? []).filter(({ id }) => !after[name]?.some((one) => one.id === id)).map(({ id }) => id)] as const).filter(([, ids]) => ids.length > 0)
    expect(Object.fromEntries(left)).toEqual({ users: [PENNILESS_MERCHANT], favourites: [91], coupons: [91], answers: [91], wallets: [4], certApplications: [6, 7] })
    const changed = names.flatMap((name) => (after[name] ?? []).filter((one) => !before[name]?.some((was) => isDeepStrictEqual(was, one))).map((one) => [name, one]))
    const was = (name: CollectionName<'job'>, id: number) => before[name]?.find((one) => one.id === id)
    expect(changed).toEqual([
      ['jobs', { ...was('jobs', 1), likes: 0 }],
      ['jobs', { ...was('jobs', 91), deleted: true }],
      ['tasks', { ...was('tasks', 11), endsAt: now }],
    ])
    expect(await records.get('submissions', 91)).toEqual(work)
  })
})
