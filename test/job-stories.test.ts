/** What people do with job, from beginning to end. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { job } from '../src/systems/job/index.js'
import {
  ADMIN, caller, type Caller, CODE, codeOf, couponFields, dataOf, DEAL_PASSWORD, enter, expectDone, type Fields, join, MERCHANT, nameOf, OTHER_STUDENT, PASSWORD, payloadOf, sendCode, STUDENT, task,
} from './support/job.js'
import { type Box, serve } from './support/serve.js'

const { box } = await serve(job)

type Sample = { readonly examples: readonly [string] }
/** The body of jobPublishTask, as far as a page that tries it out reads it. */
interface Publishing {
  readonly schema: { readonly properties: { readonly startTime: Sample; readonly endTime: Sample } }
  readonly examples: Readonly<Record<string, { readonly value: Fields }>>
}
type Document = { readonly paths: { readonly '/api/user/quest': { readonly post: { readonly requestBody: { readonly content: { readonly 'application/x-www-form-urlencoded': Publishing } } } } } }
const document = JSON.parse(readFileSync(new URL('../openapi/bundled/job.json', import.meta.url), 'utf8')) as Document // the generator's own file

const work = { description: '已完成下单，口味不错', imageIds: '101;102' }
const balanceOf = async (as: Caller) => payloadOf('jobGetBalance', await as.get('/api/user/acc/balance'))

/** Looks up what was handed in last; no operation tells its id. */
async function lastSubmission(app: Box): Promise<number> {
  const value = await app.db('job').list('submissions')
  return Math.max(...value.map(({ id }) => id))
}

test('a student registers, is certified, claims a task, is refused, hands in again, is paid and withdraws', async () => {
  const app = await box()
  const [admin, merchant] = [await enter(app, ADMIN), await enter(app, MERCHANT)]
  const student = await join(app, '13800002910')
  await expect(student.post('/api/user/quest/assign/1')).toFailWith('STUDENT_NOT_CERTIFIED')

  expectDone(await student.post('/api/user/certi/stu', { name: '周子航', cityId: 28, collegeId: 1, picIds: '31;32' }))
  await expect(student.post('/api/user/certi/stu', { name: '周子航', cityId: 28, collegeId: 1, picIds: '31;32' })).toFailWith('ALREADY_CERTIFIED')
  const waiting = payloadOf('jobGetCertStatus', await student.get('/api/user/certi/status'))
  expect(waiting).toMatchObject({ stuCerti: '01', stuInfo: { name: '周子航', cname: null, memo: null }, idCerti: '00', idInfo: null })
  expectDone(await admin.put('/api/manage/certi/stu', { certiId: waiting.stuInfo?.certiId ?? 0, status: '03', memo: '照片模糊' }))
  expect(dataOf(await student.get('/api/user/certi/status'))).toMatchObject({ stuCerti: '03', stuInfo: { memo: '照片模糊' } })
  // Of which college he is counts when it is certified, and not before.
  const collegeOf = async () => (await app.db('job').list('users')).find(({ phone }) => phone === '13800002910')?.collegeId
  expect(await collegeOf()).toBeNull()
  expectDone(await student.post('/api/user/certi/stu', { name: '周子航', cityId: 28, collegeId: 1, picIds: '33' }))
  const { stuInfo } = payloadOf('jobGetCertStatus', await student.get('/api/user/certi/status'))
  expect(stuInfo?.certiId).not.toBe(waiting.stuInfo?.certiId)
  expectDone(await admin.put('/api/manage/certi/stu', { certiId: stuInfo?.certiId ?? 0, status: '02' }))
  expect(await collegeOf()).toBe(1)

  expectDone(await student.post('/api/user/quest/assign/1'))
  expect(dataOf(await student.get('/api/quest/1'))).toMatchObject({ leftAmt: 8, assigned: true })
  expect(dataOf(await merchant.get('/api/quest/1'))).toMatchObject({ assigned: false })

  expectDone(await student.post('/api/user/acc', { dealPwd: DEAL_PASSWORD }))
  expectDone(await student.post('/api/user/quest/submit/1', work))
  await expect(student.post('/api/user/quest/submit/1', work)).toFailWith('DUPLICATE_SUBMISSION')
  expectDone(await merchant.put(`/api/user/quest/submit/${String(await lastSubmission(app))}`, { status: '02', memo: '看不清' }))
  expectDone(await student.post('/api/user/quest/submit/1', work))
  expect(await balanceOf(student)).toBe(0)
  expectDone(await merchant.put(`/api/user/quest/submit/${String(await lastSubmission(app))}`, { status: '05' }))
  await expect(student.post('/api/user/quest/submit/1', work)).toFailWith('DUPLICATE_SUBMISSION')
  expect(await balanceOf(student)).toBe(5)

  await expect(student.post('/api/user/acc/withdraw', { amt: '3.5', dealPwd: DEAL_PASSWORD, payType: 0 })).toFailWith('LINKED_ACCOUNT_MISSING')
  expectDone(await student.put('/api/user/acc/alipay', { alipay: 'zhouzihang@example.com' }))
  expect(dataOf(await student.post('/api/user/acc/withdraw', { amt: '3.5', dealPwd: DEAL_PASSWORD, payType: 0 }))).toEqual({ id: expect.any(Number) as number })
  expect(await balanceOf(student)).toBe(1.5)
  await expect(student.post('/api/user/acc/withdraw', { amt: '1.51', dealPwd: DEAL_PASSWORD, payType: 0 })).toFailWith('INSUFFICIENT_BALANCE')
  await expect(student.post('/api/user/acc/withdraw', { amt: '1.50', dealPwd: DEAL_PASSWORD, payType: 1 })).toFailWith('LINKED_ACCOUNT_MISSING')
  expect(codeOf(await student.post('/api/user/acc/withdraw', { amt: '1.50', dealPwd: DEAL_PASSWORD, payType: 0 }))).toBe(0)
  expect(await balanceOf(student)).toBe(0)
})

test('a newcomer among merchants is certified twice over before a task of his can be had', async () => {
  const app = await box()
  const [admin, merchant] = [await enter(app, ADMIN), await join(app, '13800002911', true)]
  const publish = async (more: object = {}) => codeOf(await merchant.post('/api/user/quest', { ...task, ...more }))
  expect(await publish()).toBe(46)
  expectDone(await merchant.post('/api/user/certi/id', { name: '何雨桐', id: '000000199011080040', picIds: '1;2' }))
  const { idInfo } = payloadOf('jobGetCertStatus', await merchant.get('/api/user/certi/status'))
  expectDone(await admin.put('/api/manage/certi/id', { certiId: idInfo?.certiId ?? 0, status: '02' }))
  expect(await publish(couponFields)).toBe(43)
  expectDone(await merchant.post('/api/user/certi/emp', { compName: '麦田面包房', addr: '榕树街 31 号', picIds: '3', cateId: 2, contName: '何雨桐' }))
  const { empInfo } = payloadOf('jobGetCertStatus', await merchant.get('/api/user/certi/status'))
  expectDone(await admin.put('/api/manage/certi/emp', { certiId: empInfo?.certiId ?? 0, status: '02' }))
  expect(await publish(couponFields)).toBe(19)
  expectDone(await merchant.post('/api/user/acc', { dealPwd: DEAL_PASSWORD, seContent: '最喜欢的颜色', seAnswer: 'blue' }))
  expect(await publish(couponFields)).toBe(18)
  const { id } = payloadOf('jobLogin', await caller(app).post('/login', { username: '13800002911', password: PASSWORD }))
  expect(dataOf(await caller(app).get(`/api/user/${String(id)}`))).toMatchObject({ idCerti: '02', empCerti: '02', companyName: '麦田面包房', roleList: [{ rid: 3 }] })
})

test('a merchant pays for a task with coupons, audits the work, and redeems the coupon once', async () => {
  const app = await box()
  const [merchant, student, other] = [await enter(app, MERCHANT), await enter(app, STUDENT), await enter(app, OTHER_STUDENT)]
  const { id } = payloadOf('jobPublishTask', await merchant.post('/api/user/quest', { ...task, totalAmt: 10, award: '8.85', ...couponFields }))
  expect(await balanceOf(merchant)).toBe(902.65) // 1000 - 8.85 × 10 × 1.1
  expect(dataOf(await student.get(`/api/quest/${String(id)}`))).toMatchObject({ award: 8.85, totalAmt: 10, leftAmt: 10, couponAmt: 1, targetAll: true, collegeIds: null, empStatus: 1 })

  const handIn = async (as: Caller) => {
    expectDone(await as.post(`/api/user/quest/assign/${String(id)}`))
    expectDone(await as.post(`/api/user/quest/submit/${String(id)}`, work))
    return lastSubmission(app)
  }
  const [first, second] = [await handIn(student), await handIn(other)]
  expectDone(await merchant.put(`/api/user/quest/submit/${String(first)}`, { status: '05' }))
  expect(await balanceOf(student)).toBe(108.85)
  // The one coupon is gone: nothing of the second audit may stay.
  await expect(merchant.put(`/api/user/quest/submit/${String(second)}`, { status: '05' })).toFailWith('COUPON_TAKE_FAILED')
  expect(await balanceOf(other)).toBe(5)
  expectDone(await merchant.put(`/api/user/quest/submit/${String(second)}`, { status: '02' }))

  const { list, resultCount } = payloadOf('jobListCoupons', await student.get('/api/user/quest/coupon/list', { status: 1 }))
  expect(resultCount).toBe(3)
  expect(list[0]).toMatchObject({ questId: id, empId: MERCHANT, memId: STUDENT, title: '热饮券', expiredTime: '2099-01-31 23:59:59', status: 1 })
  const code = String(list[0]?.code)
  expect(code).toMatch(/^[A-Z]{30}$/)
  await expect((await enter(app, 6)).get('/api/user/quest/coupon/check', { code })).toFailWith('COUPON_ILLEGAL')
  expectDone(await merchant.get('/api/user/quest/coupon/check', { code }))
  await expect(merchant.get('/api/user/quest/coupon/check', { code })).toFailWith('COUPON_USED')
  expect(dataOf(await student.get('/api/user/quest/coupon/list', { status: 2 }))).toMatchObject({ resultCount: 2 })
})

test('work that is passed is paid to those who have an account, and to nobody else', async () => {
  const app = await box()
  const [merchant, student] = [await enter(app, MERCHANT), await enter(app, STUDENT)]
  expectDone(await merchant.put('/api/user/quest/submit/1', { status: '05', memo: '很好' }))
  expect(await balanceOf(student)).toBe(105)
  await app.db('job').delete('wallets', 1)
  expectDone(await student.post('/api/user/quest/submit/9', work))
  expectDone(await merchant.put(`/api/user/quest/submit/${String(await lastSubmission(app))}`, { status: '05' }))
  await expect(student.get('/api/user/acc/balance')).toFailWith('NO_CASH_ACCOUNT')
})

describe('a task', () => {
  test('can be claimed from the second it starts to the second before it ends', async () => {
    const app = await box()
    const merchant = await enter(app, MERCHANT)
    const at = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
    // Whole seconds, as the texts on the wire have them.
    const start = Math.ceil((await app.clock.now()).milliseconds / 1000) * 1000 + 60_000
    await app.clock.advance(`PT${String((start - 60_000 - (await app.clock.now()).milliseconds) / 1000)}S`)
    const { id } = payloadOf('jobPublishTask', await merchant.post('/api/user/quest', { ...task, startTime: at(start), endTime: at(start + 60_000) }))
    const path = `/api/user/quest/assign/${String(id)}`
    const [student, other] = [await enter(app, STUDENT), await enter(app, OTHER_STUDENT)]
    await app.clock.advance('PT59.999S')
    await expect(student.post(path)).toFailWith('TASK_NOT_STARTED')
    await app.clock.advance('PT0.001S')
    expectDone(await student.post(path))
    await app.clock.advance('PT59.999S')
    await expect(student.post(path)).toFailWith('TASK_ALREADY_CLAIMED')
    await app.clock.advance('PT0.001S')
    await expect(other.post(path)).toFailWith('TASK_ENDED')
    await expect(student.post(path)).toFailWith('TASK_ENDED')
  })

  test('for certain colleges is theirs alone', async () => {
    const app = await box()
    const merchant = await enter(app, MERCHANT)
    await expect(merchant.post('/api/user/quest', { ...task, all: 0 })).toFailWith('EMPTY_FIELD')
    await expect(merchant.post('/api/user/quest', { ...task, all: '', collegeIds: 'a;b' })).toFailWith('ILLEGAL_PARAMETER')
    const { id } = payloadOf('jobPublishTask', await merchant.post('/api/user/quest', { ...task, all: '', collegeIds: '3;2', startTime: '2015-12-10 00:00:00' }))
    expect(dataOf(await merchant.get(`/api/quest/${String(id)}`))).toMatchObject({ targetAll: false, collegeIds: '3;2' })
    await expect((await enter(app, STUDENT)).post(`/api/user/quest/assign/${String(id)}`)).toFailWith('AUDIENCE_MISMATCH')
    expectDone(await (await enter(app, OTHER_STUDENT)).post(`/api/user/quest/assign/${String(id)}`))
  })

  test('of the examples of the document, or of those of its fields, is published and has not ended', async () => {
    const app = await box()
    const merchant = await enter(app, MERCHANT)
    const { schema, examples } = document.paths['/api/user/quest'].post.requestBody.content['application/x-www-form-urlencoded']
    const { startTime, endTime } = schema.properties
    const bodies = [{ ...task, startTime: startTime.examples[0], endTime: endTime.examples[0] }, ...Object.values(examples).map(({ value }) => value)]
    for (const body of bodies) {
      const { id } = payloadOf('jobPublishTask', await merchant.post('/api/user/quest', body))
      const value = await app.db('job').get('tasks', id)
      expect(value.endsAt).toBeGreaterThan((await app.clock.now()).milliseconds)
    }
  })

  test('comes with all four fields of its coupons or with none', async () => {
    const merchant = await enter(await box(), MERCHANT)
    for (const left of Object.keys(couponFields)) {
      await expect(merchant.post('/api/user/quest', { ...task, ...couponFields, [left]: '' }), left).toFailWith('EMPTY_FIELD')
    }
    await expect(merchant.post('/api/user/quest', { ...task, ...couponFields, expiredTime: '2016-02-30' })).toFailWith('ILLEGAL_PARAMETER')
    await expect(merchant.post('/api/user/quest', { ...task, ...couponFields, couponAmt: 0 })).toFailWith('ILLEGAL_NUMBER')
  })

  test('may cost all there is and not a fen more', async () => {
    const app = await box()
    const merchant = await enter(app, MERCHANT)
    await expect(merchant.post('/api/user/quest', { ...task, totalAmt: 1, award: '909.10' })).toFailWith('INSUFFICIENT_BALANCE')
    expect(codeOf(await merchant.post('/api/user/quest', { ...task, totalAmt: 1, award: '909.09' }))).toBe(0)
    expect(await balanceOf(merchant)).toBe(0)
  })

  test('has its audits delegated up to what is left of them', async () => {
    const app = await box()
    const merchant = await enter(app, MERCHANT)
    const delegate = async (questId: number, amt: number) => codeOf(await merchant.post('/api/user/quest/audit', { questId, amt }))
    expect(await delegate(10, 10)).toBe(30) // one of ten is audited
    expect(await delegate(10, 4)).toBe(0)
    expect(await delegate(10, 6)).toBe(30)
    expect(await delegate(10, 5)).toBe(0)
    expect(await delegate(10, 1)).toBe(30)
  })
})

test('a coupon is good until the last second of its day', async () => {
  for (const [short, code] of [[1, 0], [0, 41]] as const) {
    const app = await box()
    const coupon = await app.db('job').get('coupons', 1)
    await app.clock.advance(`PT${String((coupon.expiresAt - (await app.clock.now()).milliseconds - short) / 1000)}S`)
    expect(codeOf(await (await enter(app, MERCHANT)).get('/api/user/quest/coupon/check', { code: coupon.code }))).toBe(code)
  }
})

test('a questionnaire is read and answered, each question once', async () => {
  const student = await enter(await box(), STUDENT)
  const { list, resultCount } = payloadOf('jobListQuestions', await student.get('/api/user/quest/question', { questId: 6 }))
  expect(resultCount).toBe(2)
  expect(list[0]).toEqual({
    ...{ id: 1, content: '拿铁的基底是哪一种？', questId: 6, orderIndex: 1, type: 1 },
    opts: [{ id: 1, optName: 'A', optContent: '浓缩咖啡', orderIndex: 1 }, { id: 2, optName: 'B', optContent: '手冲红茶', orderIndex: 2 }],
  })
  const answer = (questionId: number, optIds: string) => student.get('/api/user/quest/question/check', { questionId, optIds })
  expect(dataOf(await answer(1, '1;2'))).toBe(false)
  await expect(answer(1, '1')).toFailWith('DUPLICATE_SUBMISSION')
  expect(dataOf(await answer(2, '4;3;4'))).toBe(true)
})

test('a quiz is right when exactly the right options are chosen', async () => {
  const student = await enter(await box(), STUDENT)
  expect(dataOf(await student.get('/api/user/quest/question/check', { questionId: 1, optIds: '1;1' }))).toBe(true)
})

test('somebody who forgot the password sets a new one by SMS, and stays logged in where he was', async () => {
  const app = await box()
  const before = await enter(app, STUDENT)
  const find = (code: string) => caller(app).post('/findPwd', { mobile: nameOf(STUDENT), newPwd: 'xyz67890', code })
  await expect(caller(app).get('/register/sms', { mobile: nameOf(STUDENT) })).toFailWith('USER_EXISTS')
  await expect(find(CODE)).toFailWith('WRONG_CODE')
  await sendCode(app, nameOf(STUDENT))
  await expect(find('000000')).toFailWith('WRONG_CODE')
  expectDone(await find(CODE))
  await expect(find(CODE)).toFailWith('WRONG_CODE')
  await expect(caller(app).post('/login', { username: nameOf(STUDENT), password: PASSWORD })).toFailWith('WRONG_PASSWORD')
  expect(codeOf(await before.get('/api/user/acc/balance'))).toBe(0)
  await enter(app, STUDENT, 'xyz67890')
})

test('a phone is unbound, bound anew, and still logs in by the old name', async () => {
  const app = await box()
  const student = await enter(app, STUDENT)
  const bind = (phone: string, more: Record<string, string> = {}) => student.put('/api/user/acc/phone', { phone, code: CODE, ...more })
  await sendCode(app, nameOf(STUDENT))
  await expect(bind('13800002920')).toFailWith('UNBIND_PHONE_FIRST')
  await expect(student.del('/api/user/acc/phone')).toFailWith('EMPTY_FIELD')
  expectDone(await student.del('/api/user/acc/phone', { code: CODE }))
  await sendCode(app, '13800002920')
  await expect(bind('13800002920', { answer: 'red' })).toFailWith('WRONG_SECURITY_ANSWER')
  expectDone(await bind('13800002920', { answer: 'blue' }))
  expect(dataOf(await student.get('/api/user/2'))).toMatchObject({ username: nameOf(STUDENT), phone: '13800002920' })
  await enter(app, STUDENT)
})

test('a deal password changes by the answer or by the old one; the answer decides', async () => {
  const app = await box()
  const [student, other] = [await enter(app, STUDENT), await enter(app, OTHER_STUDENT)]
  const change = async (as: Caller, fields: Record<string, string>) => codeOf(await as.put('/api/user/acc/dealPwd', { dealPwd: '135791', ...fields }))
  expect(await change(student, {})).toBe(10)
  expect(await change(student, { answer: '', oldPwd: '' })).toBe(10)
  expect(await change(student, { answer: 'red', oldPwd: DEAL_PASSWORD })).toBe(35)
  expect(await change(student, { answer: 'blue', oldPwd: 'wrong1' })).toBe(0)
  expect(await change(other, { oldPwd: 'wrong1' })).toBe(3)
  expect(await change(other, { oldPwd: DEAL_PASSWORD })).toBe(0)
  expectDone(await other.post('/api/user/acc/question', { seContent: '最喜欢的颜色', seAnswer: 'green' }))
  expect(await change(other, { answer: 'green' })).toBe(0)
})

test('another Alipay account needs a code to the bound phone', async () => {
  const app = await box()
  const merchant = await enter(app, MERCHANT)
  const set = (fields: Record<string, string>) => merchant.put('/api/user/acc/alipay', { alipay: 'new@example.com', ...fields })
  await expect(set({ code: CODE })).toFailWith('WRONG_CODE')
  await sendCode(app, nameOf(MERCHANT))
  expectDone(await set({ code: CODE }))
  await app.clock.advance('PT1M')
  await sendCode(app, nameOf(MERCHANT))
  expectDone(await merchant.del('/api/user/acc/phone', { code: CODE }))
  await expect(set({ code: CODE })).toFailWith('WRONG_CODE')
})

describe('maintenance', () => {
  test('is HTTP 503 with an empty body and a header on every answer, and a token survives it', async () => {
    const app = await box()
    const student = await enter(app, STUDENT)
    expect((await student.get('/api/job/list')).headers.has('server-status')).toBe(false)
    await app.maintenance.on()
    for (const [method, path] of [['GET', '/api/job/list'], ['POST', '/login'], ['GET', '/api/nothing'], ['DELETE', '/api/job/list'], ['GET', '/api/%zz'], ['GET', '/logout']] as const) {
      const answer = await app.call(path, { method, headers: { 'App-Token': student.token } })
      expect([answer.status, answer.text, answer.headers.get('server-status')], path).toEqual([503, '', 'maintenance'])
    }
    await app.maintenance.off()
    const after = await student.get('/api/user/acc/balance')
    expect([after.status, codeOf(after), after.headers.has('server-status')]).toEqual([200, 0, false])
  })

  test('can be HTTP 200 with the envelope, and its header can say more', async () => {
    const app = await box()
    await app.maintenance.on('job', { status: 'upgrading', httpStatus: 200 })
    for (const path of ['/api/job/list', '/api/nothing']) {
      const answer = await app.call(path)
      expect([answer.status, answer.headers.get('server-status')]).toEqual([200, 'upgrading'])
      expect(answer.json).toEqual({ message: 'server under maintenance', code: -1, data: null, ok: false })
    }
  })

  test('is not brought about by a client that sends the header', async () => {
    expect(codeOf(await (await box()).call('/api/job/list', { headers: { 'Server-Status': 'maintenance' } }))).toBe(0)
  })
})
