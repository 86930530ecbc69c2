/** Every code of job's table, each reached by honest use, and the order in which they are checked. */
import { describe, expect, test } from 'vitest'
import { job } from '../src/systems/job/index.js'
import type { Job } from '../src/generated/job/contract.js'
import { expectListed, jobRows } from './support/document-rows.js'
import {
  ad, ADMIN, BLOCKED, caller, CODE, codeOf, couponFields, DEAL_PASSWORD, enter, expectDone, type Fields, FRESHMAN, MERCHANT, nameOf, OTHER_STUDENT, PASSWORD,
  PENNILESS_MERCHANT, PHONELESS, sendCode, STRANGER, STUDENT, task, UNCERTIFIED_MERCHANT,
} from './support/job.js'
import { type Answer, type Box, serve } from './support/serve.js'

const { box } = await serve(job)

const NEWCOMER = '13800002900'
const HELD = `HELD${'A'.repeat(26)}`
const USED = `USED${'A'.repeat(26)}`
const OVER = `OVER${'A'.repeat(26)}`
const OPEN = `OPEN${'A'.repeat(26)}`
const newcomer = { username: NEWCOMER, password: PASSWORD, rePassword: PASSWORD, code: CODE, nickname: '阿澈' }

/** A call by a user of the world. */
const by = (user: number, run: (as: Awaited<ReturnType<typeof enter>>) => Promise<Answer>) => async (app: Box) => run(await enter(app, user))
const anonymous = (run: (as: ReturnType<typeof caller>) => Promise<Answer>) => async (app: Box) => run(caller(app))

const ways: readonly (readonly [error: keyof typeof job.contract.errors, how: string, call: (app: Box) => Promise<Answer>])[] = [
  ['HTTP_REJECTED', 'a path that is not there', anonymous((as) => as.get('/api/nothing'))],
  ['HTTP_REJECTED', 'a verb that the path has not', anonymous((as) => as.del('/api/job/list'))],
  ['FAILED', 'the deletion of a merchant whose tasks are under way', by(ADMIN, (as) => as.del('/api/manage/user/4'))],
  ['FAILED', 'the deletion of a student who holds a task', by(ADMIN, (as) => as.del('/api/manage/user/2'))],
  ['FAILED', 'the deletion of a merchant who has work to audit', by(ADMIN, (as) => as.del('/api/manage/user/6'))],
  ['SUCCESS', 'a look at the jobs', anonymous((as) => as.get('/api/job/list'))],
  ['TOO_FREQUENT', 'a second SMS in the same minute', async (app) => (await sendCode(app, NEWCOMER), caller(app).get('/register/sms', { mobile: NEWCOMER }))],
  ['TOO_FREQUENT', 'a second job in the same minute', by(STUDENT, async (as) => (await as.post('/api/u/job', ad), as.post('/api/u/job', ad)))],
  ['ILLEGAL_USERNAME', 'a user name that is no phone', anonymous((as) => as.post('/register', { ...newcomer, username: '!!' }))],
  ['WRONG_PASSWORD', 'a wrong password', anonymous((as) => as.post('/login', { username: nameOf(STUDENT), password: 'nope' }))],
  ['WRONG_PASSWORD', 'a wrong deal password', by(MERCHANT, (as) => as.post('/api/user/acc/withdraw', { amt: 1, dealPwd: '000000', payType: 0 }))],
  ['WRONG_PASSWORD', 'a wrong old deal password', by(STUDENT, (as) => as.put('/api/user/acc/dealPwd', { dealPwd: '135791', oldPwd: '000000' }))],
  ['USER_NOT_FOUND', 'a login of nobody', anonymous((as) => as.post('/login', { username: NEWCOMER, password: PASSWORD }))],
  ['USER_NOT_FOUND', 'a look at nobody', anonymous((as) => as.get('/api/user/999'))],
  ['USER_NOT_FOUND', 'a look at a number too long to be one', anonymous((as) => as.get(`/api/user/${'9'.repeat(40)}`))],
  ['USER_NOT_FOUND', 'the deletion of nobody', by(ADMIN, (as) => as.del('/api/manage/user/999'))],
  ['USER_EXISTS', 'a registration of a known number', anonymous((as) => as.post('/register', { ...newcomer, username: nameOf(STUDENT) }))],
  ['USER_EXISTS', 'a code for the registration of a known number', anonymous((as) => as.get('/register/sms', { mobile: nameOf(STUDENT) }))],
  ['USER_BLOCKED', 'a login of somebody blocked', anonymous((as) => as.post('/login', { username: nameOf(BLOCKED), password: PASSWORD }))],
  ['NOT_LOGGED_IN', 'a call without a token', anonymous((as) => as.get('/api/user/acc/balance'))],
  ['NOT_LOGGED_IN', 'a token that never was', async (app) => caller(app, 'WEFEIASIWEdfrilkzxcv').get('/api/job/list')],
  ['INPUTS_DIFFER', 'two passwords', anonymous((as) => as.post('/register', { ...newcomer, rePassword: 'abc123456' }))],
  ['CATEGORY_NOT_EMPTY', 'the deletion of a category in use', by(ADMIN, (as) => as.del('/api/manage/quest/cate/1'))],
  ['EMPTY_FIELD', 'a login without a password', anonymous((as) => as.post('/login', { username: nameOf(STUDENT) }))],
  ['EMPTY_FIELD', 'a login with an empty password', anonymous((as) => as.post('/login', { username: nameOf(STUDENT), password: '' }))],
  ['ILLEGAL_PARAMETER', 'a page called abc', anonymous((as) => as.get('/api/job/list', { pageNumber: 'abc' }))],
  ['NOT_FOUND', 'a job that is not there', anonymous((as) => as.get('/api/job/999'))],
  ['NOT_FOUND', 'the unbinding of no phone', by(PHONELESS, (as) => as.del('/api/user/acc/phone', { code: CODE }))],
  ['NOT_FOUND', 'the audit of a submission to a task that is gone', async (app) => {
    const records = app.db('job')
    await records.delete('tasks', (await records.get('submissions', 3)).questId)
    return (await enter(app, MERCHANT)).put('/api/user/quest/submit/3', { status: '05' })
  }],
  ['NOT_FOUND', 'a favourite that is none', by(STUDENT, (as) => as.del('/api/u/job/fav/2'))],
  ['NOT_FOUND', 'a security answer where no question is set', by(OTHER_STUDENT, (as) => as.put('/api/user/acc/dealPwd', { dealPwd: '135791', answer: 'blue' }))],
  ['NOT_FOUND', 'a certification of another kind', by(ADMIN, (as) => as.put('/api/manage/certi/emp', { certiId: 2, status: '02' }))],
  ['NO_PERMISSION', 'the deletion of somebody else’s job', by(STUDENT, (as) => as.del('/api/u/job/4'))],
  ['NO_PERMISSION', 'a student who publishes a task', by(STUDENT, (as) => as.post('/api/user/quest', task))],
  ['NO_PERMISSION', 'a merchant who claims a task', by(MERCHANT, (as) => as.post('/api/user/quest/assign/1'))],
  ['NO_PERMISSION', 'an audit of somebody else’s task', by(MERCHANT, (as) => as.put('/api/user/quest/submit/4', { status: '05' }))],
  ['NO_PERMISSION', 'the delegation of somebody else’s audits', by(MERCHANT, (as) => as.post('/api/user/quest/audit', { questId: 11, amt: 1 }))],
  ['CANNOT_DELETE_SELF', 'an administrator who deletes himself', by(ADMIN, (as) => as.del('/api/manage/user/1'))],
  ['ALREADY_EXISTS', 'a second cash account', by(STUDENT, (as) => as.post('/api/user/acc', { dealPwd: DEAL_PASSWORD }))],
  ['ALREADY_EXISTS', 'a phone that somebody else has bound', by(PHONELESS, (as) => as.put('/api/user/acc/phone', { phone: nameOf(STUDENT), code: CODE }))],
  ['ALREADY_LIKED', 'a job collected twice', by(STUDENT, (as) => as.post('/api/u/job/fav/1'))],
  ['ILLEGAL_NUMBER', 'an amount called abc', by(STUDENT, (as) => as.post('/api/user/acc/withdraw', { amt: 'abc', dealPwd: DEAL_PASSWORD, payType: 0 }))],
  ['INSUFFICIENT_BALANCE', 'a task that costs more than there is', by(PENNILESS_MERCHANT, (as) => as.post('/api/user/quest', task))],
  ['INSUFFICIENT_BALANCE', 'a withdrawal of more than there is', by(MERCHANT, (as) => as.post('/api/user/acc/withdraw', { amt: '1000.01', dealPwd: DEAL_PASSWORD, payType: 0 }))],
  ['NO_CASH_ACCOUNT', 'the balance of no account', by(FRESHMAN, (as) => as.get('/api/user/acc/balance'))],
  ['TASK_ALREADY_CLAIMED', 'a task claimed twice', by(STUDENT, (as) => as.post('/api/user/quest/assign/9'))],
  ['TASK_EXHAUSTED', 'a task of which none is left', by(STUDENT, (as) => as.post('/api/user/quest/assign/2'))],
  ['TASK_ENDED', 'a task that is over', by(STUDENT, (as) => as.post('/api/user/quest/assign/3'))],
  ['TASK_NOT_CLAIMED', 'work for a task that was not claimed', by(OTHER_STUDENT, (as) => as.post('/api/user/quest/submit/1', { description: '好', imageIds: '1' }))],
  ['TASK_NOT_CLAIMED', 'the questions of a task that was not claimed', by(OTHER_STUDENT, (as) => as.get('/api/user/quest/question', { questId: 6 }))],
  ['DUPLICATE_SUBMISSION', 'work handed in twice', by(STUDENT, (as) => as.post('/api/user/quest/submit/10', { description: '好', imageIds: '1' }))],
  ['WRONG_CODE', 'a registration with a wrong code', async (app) => (await sendCode(app, NEWCOMER), caller(app).post('/register', { ...newcomer, code: '000000' }))],
  ['WRONG_CODE', 'another Alipay account without a code', by(MERCHANT, (as) => as.put('/api/user/acc/alipay', { alipay: 'other@example.com' }))],
  ['ALREADY_CERTIFIED', 'a second application of a student', by(STUDENT, (as) => as.post('/api/user/certi/stu', { name: '林晓雨', cityId: 28, collegeId: 1, picIds: '1' }))],
  ['TASK_NOT_STARTED', 'a task that begins tomorrow', by(STUDENT, (as) => as.post('/api/user/quest/assign/4'))],
  ['STATUS_LOCKED', 'a second audit', by(MERCHANT, (as) => as.put('/api/user/quest/submit/3', { status: '02' }))],
  ['STATUS_LOCKED', 'a second verdict on a certification', by(ADMIN, (as) => as.put('/api/manage/certi/stu', { certiId: 2, status: '03' }))],
  ['UNBIND_PHONE_FIRST', 'a second phone', by(STUDENT, (as) => as.put('/api/user/acc/phone', { phone: NEWCOMER, code: CODE }))],
  ['AUDIT_QUOTA_SHORT', 'more audits delegated than there are', by(MERCHANT, (as) => as.post('/api/user/quest/audit', { questId: 1, amt: 999 }))],
  ['PHONE_NOT_LINKED', 'a lost password of nobody', async (app) => (await sendCode(app, NEWCOMER), caller(app).post('/findPwd', { mobile: NEWCOMER, newPwd: 'xyz67890', code: CODE }))],
  ['NO_QUESTIONNAIRE', 'the questions of a task that has none', by(STUDENT, (as) => as.get('/api/user/quest/question', { questId: 1 }))],
  ['ILLEGAL_CALL', 'an option of another question', by(STUDENT, (as) => as.get('/api/user/quest/question/check', { questionId: 1, optIds: '3' }))],
  ['SMS_SEND_FAILED', 'a number that the operator refuses', anonymous((as) => as.get('/register/sms', { mobile: '13800002998' }))],
  ['WRONG_SECURITY_ANSWER', 'a wrong security answer', by(STUDENT, (as) => as.put('/api/user/acc/dealPwd', { dealPwd: '135791', answer: 'red' }))],
  ['WRONG_SECURITY_ANSWER', 'a security answer for a phone, where there is no question', by(PHONELESS, (as) => as.put('/api/user/acc/phone', { phone: NEWCOMER, code: CODE, answer: 'blue' }))],
  ['SECURITY_QUESTION_EXISTS', 'a second security question', by(STUDENT, (as) => as.post('/api/user/acc/question', { seContent: '母校', seAnswer: '银杏' }))],
  ['AMOUNT_TOO_SMALL', 'an award of five fen', by(MERCHANT, (as) => as.post('/api/user/quest', { ...task, award: '0.05' }))],
  ['COUPON_TAKE_FAILED', 'passed work where no coupon is free', by(MERCHANT, (as) => as.put('/api/user/quest/submit/2', { status: '05' }))],
  ['COUPON_ILLEGAL', 'a made-up coupon', by(MERCHANT, (as) => as.get('/api/user/quest/coupon/check', { code: 'MADEUP' }))],
  ['COUPON_ILLEGAL', 'a coupon that nobody holds', by(MERCHANT, (as) => as.get('/api/user/quest/coupon/check', { code: OPEN }))],
  ['COUPON_ILLEGAL', 'a coupon of another merchant', by(PENNILESS_MERCHANT, (as) => as.get('/api/user/quest/coupon/check', { code: HELD }))],
  ['COUPON_USED', 'a used coupon', by(MERCHANT, (as) => as.get('/api/user/quest/coupon/check', { code: USED }))],
  ['COUPON_EXPIRED', 'a coupon past its date', by(MERCHANT, (as) => as.get('/api/user/quest/coupon/check', { code: OVER }))],
  ['STUDENT_NOT_CERTIFIED', 'a claim of a freshman', by(FRESHMAN, (as) => as.post('/api/user/quest/assign/1'))],
  ['MERCHANT_NOT_CERTIFIED', 'coupons of a merchant who is not certified', by(UNCERTIFIED_MERCHANT, (as) => as.post('/api/user/quest', { ...task, ...couponFields }))],
  ['LINKED_ACCOUNT_MISSING', 'a withdrawal to nowhere', by(STUDENT, (as) => as.post('/api/user/acc/withdraw', { amt: 1, dealPwd: DEAL_PASSWORD, payType: 0 }))],
  ['AUDIENCE_MISMATCH', 'a task for another college', by(STUDENT, (as) => as.post('/api/user/quest/assign/5'))],
  ['IDENTITY_NOT_CERTIFIED', 'a task of a merchant nobody knows', by(STRANGER, (as) => as.post('/api/user/quest', task))],
]

describe('every code of the table', () => {
  test.each(ways.map(([error, how, call]) => [jobRows[error], how, error, call] as const))('%s: %s', async (_row, _how, error, call) => {
    const row = job.contract.errors[error]
    const app = await box()
    const answer = await call(app)
    await expectListed(app, job, error)
    expect(answer.json, answer.text).toMatchObject({ code: row?.code, ok: row?.code === 0, message: row?.message })
    if (row?.code !== 0) expect(answer.json?.['data']).toBeNull()
    expect(Object.keys(answer.json ?? {}).sort()).toEqual(['code', 'data', 'message', 'ok'])
  })

  test('none is left out', () => {
    expect(new Set(ways.map(([error]) => error))).toEqual(new Set(Object.keys(job.contract.errors)))
    expect(Object.keys(jobRows)).toEqual(Object.keys(job.contract.errors))
    expect(Object.values(jobRows).map((row) => Number(row.split(' ', 1)[0]))).toEqual(Object.values(job.contract.errors).map(({ code }) => code))
  })

  test('the operator that fails is 34 for every number, and starts no interval', async () => {
    const app = await box()
    await app.outages.set(['smsOperator'])
    expect(codeOf(await caller(app).get('/register/sms', { mobile: NEWCOMER }))).toBe(34)
    await app.outages.set([])
    expectDone(await caller(app).get('/register/sms', { mobile: NEWCOMER }))
  })

  test.each(['internal', 'database'])('the outage %s is HTTP 500 in plain text, before the token is looked at', async (outage) => {
    const app = await box()
    await app.outages.set([outage])
    for (const path of ['/api/job/list', '/api/user/acc/balance']) {
      const answer = await caller(app).get(path)
      expect([answer.status, answer.headers.get('content-type'), answer.text]).toEqual([500, 'text/plain; charset=utf-8', 'Internal Server Error'])
    }
  })
})

describe('the order of checks', () => {
  /** Mends one fault after another; each answer is the code of the fault that then stands first. */
  async function mend(user: number, path: string, verb: 'post' | 'put' | 'get' | 'del', steps: readonly (readonly [fields: Fields, code: number])[]) {
    const as = await enter(await box(), user)
    for (const [fields, code] of steps) expect(codeOf(await as[verb](path, fields)), JSON.stringify(fields)).toBe(code)
  }

  test('publishing a task: 10, 11, 17, 37, 46', async () => {
    const wrong = { ...task, title: '', endTime: '2015-12-11 09:00:00', totalAmt: 0, award: '0.05', questCateId: 99 }
    await mend(STRANGER, '/api/user/quest', 'post', [
      [wrong, 10],
      [{ ...wrong, title: '好' }, 11],
      [{ ...wrong, title: '好', startTime: '2016-02-30 09:00:00', endTime: task.endTime }, 11],
      [{ ...wrong, title: '好', endTime: task.endTime }, 17],
      [{ ...wrong, title: '好', endTime: task.endTime, totalAmt: 1 }, 37],
      [{ ...wrong, title: '好', endTime: task.endTime, totalAmt: 1, award: '0.10' }, 46],
    ])
  })

  test('publishing a task: 43, 12, 18', async () => {
    await mend(UNCERTIFIED_MERCHANT, '/api/user/quest', 'post', [
      [{ ...task, ...couponFields, questCateId: 99, award: 900 }, 43],
      [{ ...task, questCateId: 99, award: 900 }, 12],
      [{ ...task, award: 900 }, 18],
    ])
  })

  test('claiming a task: 13, 42, 12', async () => {
    await mend(MERCHANT, '/api/user/quest/assign/999', 'post', [[{}, 13]])
    await mend(FRESHMAN, '/api/user/quest/assign/999', 'post', [[{}, 42]])
    await mend(FRESHMAN, `/api/user/quest/assign/${'9'.repeat(30)}`, 'post', [[{}, 42]])
    await mend(STUDENT, `/api/user/quest/assign/${'9'.repeat(30)}`, 'post', [[{}, 12]])
    await mend(STUDENT, '/api/user/quest/assign/999', 'post', [[{}, 12]])
  })

  test('claiming a task: 22, 27, 20, 45, 21', async () => {
    const app = await box()
    const [student, now] = [await enter(app, STUDENT), (await app.clock.now()).milliseconds]
    const change = (patch: Partial<Job['records']['tasks']>) => app.db('job').update('tasks', 5, patch)
    const claim = async () => codeOf(await student.post('/api/user/quest/assign/5'))
    await change({ startsAt: now + 1, endsAt: now, leftAmt: 0 })
    await app.db('job').create('claims', { id: 99, userId: STUDENT, questId: 5, createdAt: 0 })
    expect(await claim()).toBe(22)
    await change({ endsAt: now + 2 })
    expect(await claim()).toBe(27)
    await change({ startsAt: now })
    expect(await claim()).toBe(20)
    await app.db('job').delete('claims', 99)
    expect(await claim()).toBe(45)
    for (const collegeIds of ['11', '21;11', '2;3;12']) {
      await change({ collegeIds })
      expect(await claim(), collegeIds).toBe(45)
    }
    await change({ collegeIds: '12;1' })
    expect(await claim()).toBe(21)
    await change({ leftAmt: 1 })
    expect(await claim()).toBe(0)
  })

  test('publishing a task: 12, 19', async () => {
    const app = await box()
    const merchant = await enter(app, MERCHANT)
    await app.db('job').delete('wallets', 2)
    expect(codeOf(await merchant.post('/api/user/quest', { ...task, questCateId: 99 }))).toBe(12)
    expect(codeOf(await merchant.post('/api/user/quest', task))).toBe(19)
  })

  test('publishing a job: 10, 11, 17, 12, 1', async () => {
    await mend(STUDENT, '/api/u/job', 'post', [
      [{ ...ad, title: '', timeToPay: '年结', wage: 'x', cateId: 99 }, 10],
      [{ ...ad, timeToPay: '年结', wage: 'x', cateId: 99 }, 11],
      [{ ...ad, expiredTime: '2016-02-30', wage: 'x', cateId: 99 }, 11],
      [{ ...ad, title: '好'.repeat(61), wage: 'x', cateId: 99 }, 11],
      [{ ...ad, wage: '90.555', cateId: 99 }, 17],
      [{ ...ad, cateId: 99 }, 12],
      [ad, 0],
      [{ ...ad, cateId: 99 }, 12],
      [ad, 1],
    ])
  })

  test('redeeming a coupon: 13, 10, 39, 40, 41', async () => {
    const app = await box()
    const path = '/api/user/quest/coupon/check'
    await app.db('job').update('coupons', 2, { expiresAt: 0 })
    expect(codeOf(await (await enter(app, STUDENT)).get(path))).toBe(13)
    expect(codeOf(await (await enter(app, MERCHANT)).get(path))).toBe(10)
    expect(codeOf(await (await enter(app, PENNILESS_MERCHANT)).get(path, { code: USED }))).toBe(39)
    expect(codeOf(await (await enter(app, MERCHANT)).get(path, { code: USED }))).toBe(40)
  })

  test('deciding on a certification: 13, 10, 11, 12, 28', async () => {
    await mend(MERCHANT, '/api/manage/certi/stu', 'put', [[{}, 13]])
    await mend(ADMIN, '/api/manage/certi/stu', 'put', [
      [{ status: '01' }, 10],
      [{ certiId: 99, status: '01' }, 11],
      [{ certiId: 99, status: '02' }, 12],
      [{ certiId: 2, status: '02' }, 28],
    ])
  })

  test('delegating audits: 13 for the role, 10, 11, 17, 12, 13 for the owner, 30', async () => {
    await mend(STUDENT, '/api/user/quest/audit', 'post', [[{}, 13]])
    await mend(MERCHANT, '/api/user/quest/audit', 'post', [
      [{ questId: 'x' }, 10],
      [{ questId: 'x', amt: 0 }, 11],
      [{ questId: 99, amt: 0 }, 17],
      [{ questId: 99, amt: 11 }, 12],
      [{ questId: 11, amt: 11 }, 13],
      [{ questId: 1, amt: 11 }, 30],
      [{ questId: 1, amt: 10 }, 0],
    ])
  })

  test('reading a questionnaire: 10, 11, 12, 32, 23', async () => {
    await mend(OTHER_STUDENT, '/api/user/quest/question', 'get', [[{}, 10], [{ questId: 'x' }, 11], [{ questId: 99 }, 12], [{ questId: 1 }, 32], [{ questId: 6 }, 23]])
  })

  test('handing in work: 10, 11, 12, 23, 24', async () => {
    const path = (id: number) => `/api/user/quest/submit/${String(id)}`
    await mend(STUDENT, path(99), 'post', [[{ imageIds: 'x' }, 10], [{ description: '好', imageIds: 'x' }, 11], [{ description: '好', imageIds: '1' }, 12]])
    await mend(STUDENT, path(1), 'post', [[{ description: '好', imageIds: '1' }, 23]])
    await mend(STUDENT, path(10), 'post', [[{ description: '好', imageIds: '1' }, 24]])
  })

  test('the cash account: 10, 11, then 19 before everything that asks for more', async () => {
    await mend(FRESHMAN, '/api/user/acc/question', 'post', [[{ seContent: '色' }, 10], [{ seContent: '色', seAnswer: '蓝'.repeat(46) }, 11], [{ seContent: '色', seAnswer: '蓝' }, 19]])
    await mend(FRESHMAN, '/api/user/acc/alipay', 'put', [[{}, 10], [{ alipay: 'x'.repeat(61) }, 11], [{ alipay: 'x' }, 19]])
    await mend(FRESHMAN, '/api/user/acc/dealPwd', 'put', [[{ dealPwd: 'x' }, 10], [{ dealPwd: 'x', answer: 'red' }, 11], [{ dealPwd: '135791', answer: 'red' }, 19]])
    await mend(STUDENT, '/api/user/acc', 'post', [[{ dealPwd: 'x', seContent: '色' }, 10], [{ dealPwd: 'x' }, 11], [{ dealPwd: '135791' }, 15]])
  })

  test('collecting: 12 before 16', async () => {
    const app = await box()
    const [student, owner] = [await enter(app, OTHER_STUDENT), await enter(app, STUDENT)]
    expectDone(await student.post('/api/u/job/fav/1'))
    expect(codeOf(await student.post('/api/u/job/fav/1'))).toBe(16)
    expectDone(await owner.del('/api/u/job/1'))
    expect(codeOf(await student.post('/api/u/job/fav/1'))).toBe(12)
    expect(codeOf(await owner.del('/api/u/job/4'))).toBe(13)
    expect(codeOf(await owner.del('/api/u/job/999'))).toBe(12)
  })

  test('registering: 10, 2, 11, 8, 5, 25', async () => {
    const wrong = { username: '!!', password: 'short', rePassword: 'other', code: '000000', nickname: '' }
    const as = caller(await box())
    for (const [fields, code] of [
      [wrong, 10],
      [{ ...wrong, nickname: '阿澈' }, 2],
      [{ ...wrong, nickname: '阿澈', username: nameOf(STUDENT) }, 11],
      [{ ...wrong, nickname: '阿澈', username: nameOf(STUDENT), password: PASSWORD }, 8],
      [{ ...wrong, nickname: '阿澈', username: nameOf(STUDENT), password: PASSWORD, rePassword: PASSWORD }, 5],
      [{ ...wrong, nickname: '阿澈', username: NEWCOMER, password: PASSWORD, rePassword: PASSWORD }, 25],
    ] as const) {
      expect(codeOf(await as.post('/register', fields)), JSON.stringify(fields)).toBe(code)
    }
  })

  test('sending a code: 10, 11, 5, 1, 34', async () => {
    const app = await box()
    const send = (fields: Fields) => caller(app).get('/register/sms', fields)
    expect(codeOf(await send({}))).toBe(10)
    expect(codeOf(await send({ mobile: '12345' }))).toBe(11)
    expect(codeOf(await send({ mobile: nameOf(STUDENT), reg: 2 }))).toBe(11)
    await sendCode(app, nameOf(STUDENT))
    expect(codeOf(await send({ mobile: nameOf(STUDENT) }))).toBe(5)
    expect(codeOf(await send({ mobile: nameOf(STUDENT), reg: 1 }))).toBe(1)
    expect(codeOf(await send({ mobile: '13800002998', reg: 1 }))).toBe(34)
  })

  test('finding a password: 10, 11, 25, 31', async () => {
    const app = await box()
    const find = (fields: Fields) => caller(app).post('/findPwd', fields)
    expect(codeOf(await find({ mobile: '1', newPwd: 'x' }))).toBe(10)
    expect(codeOf(await find({ mobile: '1', newPwd: 'xyz67890', code: '0' }))).toBe(11)
    expect(codeOf(await find({ mobile: NEWCOMER, newPwd: 'x', code: '0' }))).toBe(11)
    expect(codeOf(await find({ mobile: NEWCOMER, newPwd: 'xyz67890', code: '0' }))).toBe(25)
    await sendCode(app, NEWCOMER)
    expect(codeOf(await find({ mobile: NEWCOMER, newPwd: 'xyz67890', code: CODE }))).toBe(31)
  })

  test('withdrawing: 10, 11, 17, 3, 44, 18', async () => {
    const right = { amt: '50', dealPwd: DEAL_PASSWORD, payType: 0 }
    await mend(STUDENT, '/api/user/acc/withdraw', 'post', [
      [{ amt: '-1', dealPwd: '', payType: 9 }, 10],
      [{ amt: '-1', dealPwd: 'x', payType: 9 }, 11],
      [{ amt: '-1', dealPwd: 'x', payType: 0 }, 17],
      [{ ...right, amt: '100000', dealPwd: 'x' }, 3],
      [{ ...right, amt: '100000' }, 44],
    ])
    await mend(MERCHANT, '/api/user/acc/withdraw', 'post', [[{ ...right, amt: '100000' }, 18]])
    await mend(FRESHMAN, '/api/user/acc/withdraw', 'post', [[right, 19]])
  })

  test('binding a phone: 29, 15, 35, 25', async () => {
    await mend(STUDENT, '/api/user/acc/phone', 'put', [[{ phone: nameOf(MERCHANT), code: '0', answer: 'red' }, 29]])
    await mend(PHONELESS, '/api/user/acc/phone', 'put', [
      [{ phone: nameOf(MERCHANT), code: '0', answer: 'red' }, 15],
      [{ phone: NEWCOMER, code: '0', answer: 'red' }, 35],
      [{ phone: NEWCOMER, code: '0' }, 25],
    ])
  })

  test('deleting a user: 13, 14, 4, -1', async () => {
    await mend(STUDENT, '/api/manage/user/2', 'del', [[{}, 13]])
    await mend(ADMIN, '/api/manage/user/1', 'del', [[{}, 14]])
    await mend(ADMIN, '/api/manage/user/99', 'del', [[{}, 4]])
    await mend(ADMIN, '/api/manage/user/8', 'del', [[{}, -1]])
  })

  test('auditing a submission: 13 for the role, 10, 11, 12, 13 for the owner, 28, 38', async () => {
    await mend(STUDENT, '/api/user/quest/submit/999', 'put', [[{}, 13]])
    await mend(MERCHANT, '/api/user/quest/submit/999', 'put', [[{}, 10], [{ status: '01' }, 11], [{ status: '05' }, 12]])
    await mend(MERCHANT, '/api/user/quest/submit/4', 'put', [[{ status: '05' }, 13]])
    await mend(MERCHANT, '/api/user/quest/submit/3', 'put', [[{ status: '05' }, 28]])
  })

  test('answering a question: 12, 23, 33, 24', async () => {
    const path = '/api/user/quest/question/check'
    await mend(OTHER_STUDENT, path, 'get', [[{ questionId: 99, optIds: '3' }, 12], [{ questionId: 1, optIds: '3' }, 23]])
    await mend(STUDENT, path, 'get', [[{ questionId: 1, optIds: '2' }, 0], [{ questionId: 1, optIds: '3' }, 33], [{ questionId: 1, optIds: '1' }, 24], [{ questionId: 1, optIds: '1;x' }, 11]])
  })
})
