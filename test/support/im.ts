/** Calls of im over HTTP for tests. */
import { expect } from 'vitest'
import type { Answer, Box } from './serve.js'

export const PASSWORD = 'abc12345'
/** Phones of users of the world, and the first that nobody has. */
export const phones = { alice: '13800004001', bob: '13800004002', ming: '13800004003', fresh: '13800004004', nobody: '13800004900' } as const
export const AVATAR = 'media/avatars/android/default.jpg'

/** A body that alice may complete her account with. */
export const completed = { userId: 'u-4001', avatar: AVATAR, username: 'alice' }

type Body = object | string
type App = Pick<Box, 'call'>

export const post = (app: App, path: string, body: Body, cookie?: string) => app.call(path, { method: 'POST', body, ...(cookie === undefined ? {} : { headers: { cookie } }) })
export const get = (app: App, path: string, cookie?: string) => app.call(path, cookie === undefined ? {} : { headers: { cookie } })
export const register = (app: App, body: Body) => post(app, '/android/register/', body)
export const login = (app: App, body: Body, cookie?: string) => post(app, '/android/login/', body, cookie)
export const complete = (app: App, body: Body, cookie: string) => post(app, '/android/complete_account/', body, cookie)
export const completeWeb = (app: App, body: Body, cookie: string) => post(app, '/web/complete_account/', body, cookie)
export const save = (app: App, body: Body) => post(app, '/android/save_file/', body)
export const contacts = (app: App, cookie?: string) => get(app, '/android/user_contacts/', cookie)

/** Logs in and hands back the cookie as a browser would send it. */
export async function logIn(app: App, phone: string = phones.alice): Promise<string> {
  const answer = await login(app, { phone, password: PASSWORD })
  expect(answer.json).toMatchObject({ status: 1, message: 'ok' })
  return cookieOf(answer)
}

/** @returns the cookie that an answer sets */
export function cookieOf(answer: Answer): string {
  return answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
}

/** A failure as the envelope has it. */
export const failure = (status: number, message: string) => ({ status, result: [], message, date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string })
