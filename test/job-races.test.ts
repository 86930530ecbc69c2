/** Many at once: what is limited stays limited. */
import { expect, test } from 'vitest'
import { job } from '../src/systems/job/index.js'
import { ADMIN, caller, CODE, codeOf, dataOf, DEAL_PASSWORD, enter, MERCHANT, nameOf, OTHER_STUDENT, PASSWORD, STUDENT, task } from './support/job.js'
import { type Answer, serve } from './support/serve.js'

const { box } = await serve(job)

/** How often each code came. */
function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const answer of answers) counts[String(codeOf(answer))] = (counts[String(codeOf(answer))] ?? 0) + 1
  return counts
}

const times = <T>(count: number, run: (i: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: count }, (_, i) => run(i)))

test('of a hundred who claim a task with nine left, nine get it and ninety-one get 21', async () => {
  const app = await box()
  const records = app.db('job')
  const model = await records.get('users', STUDENT)
  for (let id = 5001; id <= 5100; id++) await records.create('users', { ...model, id, username: `1390000${String(id)}`, phone: null })
  const students = await times(100, (i) => enter(app, `1390000${String(5001 + i)}`))
  expect(tally(await Promise.all(students.map((student) => student.post('/api/user/quest/assign/1'))))).toEqual({ 0: 9, 21: 91 })
  expect(dataOf(await caller(app).get('/api/quest/1'))).toMatchObject({ leftAmt: 0 })
  const claims = await records.list('claims', { questId: 1 })
  expect(new Set(claims.map(({ userId }) => userId)).size).toBe(9)
})

test('one student who claims ten times at once has claimed once', async () => {
  const student = await enter(await box(), STUDENT)
  expect(tally(await times(10, () => student.post('/api/user/quest/assign/1')))).toEqual({ 0: 1, 20: 9 })
  expect(dataOf(await student.get('/api/quest/1'))).toMatchObject({ leftAmt: 8 })
})

test('withdrawals at once never take out more than there is', async () => {
  const merchant = await enter(await box(), MERCHANT)
  const withdraw = (amt: string) => merchant.post('/api/user/acc/withdraw', { amt, dealPwd: DEAL_PASSWORD, payType: 0 })
  expect(tally(await Promise.all([withdraw('600'), withdraw('600')]))).toEqual({ 0: 1, 18: 1 })
  expect(tally(await times(50, () => withdraw('33.33')))).toEqual({ 0: 12, 18: 38 })
  expect(dataOf(await merchant.get('/api/user/acc/balance'))).toBe(0.04) // 1000 - 600 - 12 × 33.33
})

test('a coupon that is shown ten times at once is redeemed once', async () => {
  const merchant = await enter(await box(), MERCHANT)
  const code = `HELD${'A'.repeat(26)}`
  expect(tally(await times(10, () => merchant.get('/api/user/quest/coupon/check', { code })))).toEqual({ 0: 1, 40: 9 })
})

test('two free coupons go to two of those who are passed at once', async () => {
  const app = await box()
  const merchant = await enter(app, MERCHANT)
  const records = app.db('job')
  const model = await records.get('submissions', 2)
  for (let id = 901; id <= 905; id++) await records.create('submissions', { ...model, id, questId: 7, memberId: OTHER_STUDENT })
  expect(tally(await times(5, (i) => merchant.put(`/api/user/quest/submit/${String(901 + i)}`, { status: '05' })))).toEqual({ 0: 2, 38: 3 })
  const coupons = await records.list('coupons', { memId: OTHER_STUDENT })
  expect(coupons).toHaveLength(2)
  expect(dataOf(await (await enter(app, OTHER_STUDENT)).get('/api/user/acc/balance'))).toBe(15)
})

test('work that is audited twice at once is paid once', async () => {
  const app = await box()
  const merchant = await enter(app, MERCHANT)
  expect(tally(await times(10, () => merchant.put('/api/user/quest/submit/1', { status: '05' })))).toEqual({ 0: 1, 28: 9 })
  expect(dataOf(await (await enter(app, STUDENT)).get('/api/user/acc/balance'))).toBe(105)
})

test('tasks published at once cost no more than there is', async () => {
  const merchant = await enter(await box(), MERCHANT)
  expect(tally(await times(10, () => merchant.post('/api/user/quest', { ...task, totalAmt: 1, award: '300' })))).toEqual({ 0: 3, 18: 7 })
  expect(dataOf(await merchant.get('/api/user/acc/balance'))).toBe(10)
})

test('audits delegated at once stay within the quota', async () => {
  const merchant = await enter(await box(), MERCHANT)
  expect(tally(await times(10, () => merchant.post('/api/user/quest/audit', { questId: 1, amt: 3 })))).toEqual({ 0: 3, 30: 7 })
})

test('a job collected by many has as many likes', async () => {
  const app = await box()
  const users = await Promise.all([ADMIN, STUDENT, 3, MERCHANT, 5, 6, OTHER_STUDENT, 9, 10].map((user) => enter(app, user)))
  expect(tally(await Promise.all(users.flatMap((user) => [user.post('/api/u/job/fav/5'), user.post('/api/u/job/fav/5')])))).toEqual({ 0: 9, 16: 9 })
  expect(dataOf(await caller(app).get('/api/job/5'))).toMatchObject({ likes: 9 })
  await Promise.all(users.map((user) => user.del('/api/u/job/fav/5')))
  expect(dataOf(await caller(app).get('/api/job/5'))).toMatchObject({ likes: 0 })
})

test('one code registers one user, however often it is tried at once', async () => {
  const app = await box()
  const username = '13800002930'
  await caller(app).get('/register/sms', { mobile: username })
  const register = () => caller(app).post('/register', { username, password: PASSWORD, rePassword: PASSWORD, code: CODE, nickname: '阿澈' })
  expect(tally(await times(10, register))).toEqual({ 0: 1, 5: 9 })
})

test('one account is opened and one SMS sent, however often it is asked for at once', async () => {
  const app = await box()
  const freshman = await enter(app, 3)
  expect(tally(await times(10, () => freshman.post('/api/user/acc', { dealPwd: DEAL_PASSWORD })))).toEqual({ 0: 1, 15: 9 })
  expect(tally(await times(10, () => caller(app).get('/register/sms', { mobile: nameOf(STUDENT), reg: 1 })))).toEqual({ 0: 1, 1: 9 })
})

test('fifty logins of one user at once all succeed and leave one token that is good', async () => {
  const app = await box()
  const callers = await times(50, () => enter(app, STUDENT))
  expect(tally(await Promise.all(callers.map((one) => one.get('/api/user/certi/status'))))).toEqual({ 0: 1, 7: 49 })
})
