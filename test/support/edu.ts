/** Phones, as the stories of the edu system use them. */
import type { UserType } from '../../src/systems/edu/state.js'
import type { Answer, Box } from './serve.js'

/** The people of the world: userType and phone. */
export const people = {
  S1: ['s', '13800001001'],
  S2: ['s', '13800001002'],
  S3: ['s', '13800001003'],
  S4: ['s', '13800001004'],
  T1: ['t', '13800001101'],
  T2: ['t', '13800001102'],
  T3: ['t', '13800001001'],
  P1: ['p', '13800001201'],
} as const satisfies Record<string, readonly [UserType, string]>
export type Person = keyof typeof people

export const PASSWORD = 'abc12345'
export const IOS = { client: '1.0.2.3', platform: 'ios', u: '490154203237518', w: '00:00:5e:00:53:01' }
export const ANDROID = { ...IOS, platform: 'android', channel: 'TencentAPP' }

/** @returns the userID of a person, by the last three digits */
export const userID = (digits: string) => `5e0000000000000000001${digits}`
export const orderID = (digits: string) => `5f0000000000000000000${digits}`
export const authOf = (token: string) => ({ auth: Buffer.from(`access_token=${token}`).toString('base64') })

type Fields = Readonly<Record<string, unknown>>

/** One app on one phone. It keeps the tokens of its last entry and sends the access token with every call. */
export class Phone {
  access = ''
  refresh = ''
  readonly box: Box
  readonly userType: UserType
  readonly headers: Readonly<Record<string, string>>

  constructor(box: Box, userType: UserType = 's', headers: Readonly<Record<string, string>> = IOS) {
    this.box = box
    this.userType = userType
    this.headers = headers
  }

  get(path: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const search = new URLSearchParams(query).toString()
    return this.send('GET', search === '' ? path : `${path}?${search}`)
  }

  post(path: string, fields: Fields = {}): Promise<Answer> {
    return this.send('POST', path, fields)
  }

  put(path: string, fields: Fields = {}): Promise<Answer> {
    return this.send('PUT', path, fields)
  }

  delete(path: string): Promise<Answer> {
    return this.send('DELETE', path)
  }

  send(method: string, path: string, body?: object | string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const auth = this.access === '' ? {} : authOf(this.access)
    return this.box.call(`/rest/${this.userType}${path}`, { method, headers: { ...this.headers, ...auth, ...headers }, ...(body === undefined ? {} : { body }) })
  }

  /** Logs in (or registers, at another path) and keeps the tokens if that went well. */
  async enter(path: string, fields: Fields): Promise<Answer> {
    const answer = await this.post(path, fields)
    const info = answer.json?.['info']
    if (typeof info === 'object' && info !== null && 'access_token' in info && 'refresh_token' in info) {
      this.access = String(info.access_token)
      this.refresh = String(info.refresh_token)
    }
    return answer
  }

  login(phone: string, more: Fields = {}): Promise<Answer> {
    return this.enter('/login', { phone, passwd: PASSWORD, ...more })
  }

  /** Trades the refresh token for a new access token and keeps that. */
  async renew(): Promise<Answer> {
    const answer = await this.post('/accessToken', { refresh_token: this.refresh })
    if (answer.json?.['code'] === 900) this.access = String(answer.json['access_token'])
    return answer
  }
}

/** @returns a phone on which this person has logged in by password */
export async function phoneOf(box: Box, person: Person, headers?: Readonly<Record<string, string>>): Promise<Phone> {
  const [userType, number] = people[person]
  const phone = new Phone(box, userType, headers)
  await phone.login(number)
  return phone
}

/** @returns a phone on which the student without phone number and password has come in through a third party */
export async function phoneOfS5(box: Box): Promise<Phone> {
  const phone = new Phone(box)
  await phone.enter('/ssoLogin', { ssoType: 'qq', openid: 'qq-1005', access_token: 'good' })
  return phone
}

export const codeOf = ({ json }: Answer): unknown => json?.['code']
