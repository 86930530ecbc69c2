/** The app of system `job` as its tests use it: forms, tokens, codes. */
import { expect } from 'vitest'
import type { Operations } from '../../src/generated/job/contract.js'
import type { Answer, Box } from './serve.js'

export type Fields = Readonly<Record<string, string | number | boolean>>

export const PASSWORD = 'abc12345'
export const DEAL_PASSWORD = '246810'
export const CODE = '123456'

/** People of the world by what they are. */
export const ADMIN = 1
export const STUDENT = 2
export const FRESHMAN = 3
export const MERCHANT = 4
export const UNCERTIFIED_MERCHANT = 5
export const PENNILESS_MERCHANT = 6
export const BLOCKED = 7
export const OTHER_STUDENT = 8
export const PHONELESS = 9
export const STRANGER = 10

/** The user name, which is the phone number, of a user of the world. */
export const nameOf = (user: number) => `138000020${String(user).padStart(2, '0')}`

/** Calls with a token in the header, or with none. */
export interface Caller {
  readonly token: string
  get(path: string, query?: Fields): Promise<Answer>
  del(path: string, query?: Fields): Promise<Answer>
  post(path: string, form?: Fields): Promise<Answer>
  put(path: string, form?: Fields): Promise<Answer>
}

/** @returns calls that carry the token in the header `App-Token`; with an empty one, calls that carry none */
export function caller(app: Box, token = ''): Caller {
  const headers = token === '' ? {} : { 'App-Token': token }
  const inQuery = (method: string) => (path: string, query: Fields = {}) => app.call(Object.keys(query).length === 0 ? path : `${path}?${form(query).toString()}`, { method, headers })
  const inBody = (method: string) => (path: string, fields: Fields = {}) => app.call(path, { method, headers, body: form(fields) })
  return { token, get: inQuery('GET'), del: inQuery('DELETE'), post: inBody('POST'), put: inBody('PUT') }
}

export function form(fields: Fields): URLSearchParams {
  return new URLSearchParams(Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]))
}

/** Logs a user in, by number in the world or by user name. */
export async function enter(app: Box, user: number | string, password = PASSWORD): Promise<Caller> {
  const answer = await caller(app).post('/login', { username: typeof user === 'number' ? nameOf(user) : user, password })
  return caller(app, payloadOf('jobLogin', answer).appToken)
}

/** Asks for a code for anything but a registration. */
export async function sendCode(app: Box, mobile: string): Promise<void> {
  expectDone(await caller(app).get('/register/sms', { mobile, reg: 1 }))
}

/** Registers and logs in. */
export async function join(app: Box, username: string, isEmployer = false): Promise<Caller> {
  expectDone(await caller(app).get('/register/sms', { mobile: username }))
  expectDone(await caller(app).post('/register', { username, password: PASSWORD, rePassword: PASSWORD, code: CODE, nickname: '新同学', isEmployer }))
  return enter(app, username)
}

/** @returns the data of a success */
export function dataOf(answer: Answer): unknown {
  expect(answer.json, answer.text).toMatchObject({ message: 'success', code: 0, ok: true })
  return answer.json?.['data']
}

/** @returns the data of a success of the operation */
export function payloadOf<K extends keyof Operations>(_operation: K, answer: Answer): Operations[K]['payload'] {
  return dataOf(answer) as Operations[K]['payload'] // the server has just held the answer against the contract
}

/** Expects success without data. */
export function expectDone(answer: Answer): void {
  expect(answer.json, answer.text).toEqual({ message: 'success', code: 0, data: null, ok: true })
}

export function codeOf(answer: Answer): unknown {
  return answer.json?.['code']
}

export const task = {
  title: '下载“食光”体验下单',
  questCateId: 1,
  startTime: '2015-12-11 09:00:00',
  endTime: '2099-12-31 18:00:00',
  totalAmt: 2,
  award: '5.00',
  contactName: '沈知远',
  contactPhone: '13800002004',
  description: '下载后完成一次下单即可',
  questDetail: '提交订单截图与一句评价',
  all: 1,
} satisfies Fields

export const couponFields = { couponTitle: '热饮券', couponDesp: '任意热饮一杯', expiredTime: '2099-01-31', couponAmt: 1 } satisfies Fields

export const ad = {
  title: '周末校园传单派发',
  cateId: 1,
  wage: '90.5',
  timeToPay: '日结',
  expiredTime: '2099-01-31',
  workPlace: '银杏大学北门',
  jobDescription: '上午 9 点到 12 点',
  contact: '沈知远',
  contactPhone: '13800002004',
} satisfies Fields
