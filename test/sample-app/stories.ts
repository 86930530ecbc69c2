/** An app in little: it imports what runs in browsers, and nothing else. Compiled against the packed package, without Node.js types. */
import { createEduClient } from 'understudy/contract/edu'
import { createImClient, openImSocket } from 'understudy/contract/im'
import { createJobClient } from 'understudy/contract/job'
import { codes, createLiveClient, type Failure, type TokenStore } from 'understudy/contract/live'
import { createTridClient } from 'understudy/contract/trid'
import { assertNever, type Classification, classify, classifyResult, codesOf } from 'understudy/errors'

/** What a user gets to see of an answer. */
export function toShow(result: Classification): string {
  switch (result.advice) {
    case 'none':
    case 'ignore':
      return ''
    case 'relogin':
    case 'refresh':
      return `log in again: ${result.message.zh}`
    case 'retryLater':
    case 'fixInput':
    case 'showMessage':
    case 'followUrl':
      return result.message.zh
    case null:
      return `unknown answer ${String(result.code)}`
    default:
      return assertNever(result)
  }
}

function wrongCode(failure: Failure<'liveLogin'>): string {
  return failure.code === 4011 ? 'wrong code' : 'wrong request'
}

export async function live(baseUrl: string): Promise<string[]> {
  let key: string | null = null
  const tokens: TokenStore<string> = { get: () => key, set: (next) => { key = next } }
  const client = createLiveClient({ baseUrl, tokens })
  await client.GET('/auth/code', { params: { query: { mobile: '13800003001' } } })
  const seen: string[] = []
  for (const auth_code of ['000000', '123456']) {
    const { data } = await client.POST('/auth/login', { body: { mobile: '13800003001', auth_code } })
    if (data?.code === codes.API_OK) seen.push(`welcome ${data.mobile}`)
    else if (data !== undefined) seen.push(wrongCode(data))
  }
  const { data } = await client.GET('/channels/live')
  if (data?.code === 2000) seen.push(`${String(data.count)} on air`)
  return seen
}

export async function edu(baseUrl: string): Promise<string[]> {
  const seen: string[] = []
  const phone = (u: string) => createEduClient({
    baseUrl,
    userType: 's',
    app: { client: '1.0.2.3', platform: 'ios', u, w: '00:00:5e:00:53:01' },
    onKickedOut: ({ device }) => seen.push(`kicked out by ${device}`),
  })
  const [first, second] = [phone('490154203237518'), phone('490154203237519')]
  for (const [client, device] of [[first, 'iPhone 15'], [second, '小米 14 Pro']] as const) {
    const { data } = await client.POST('/rest/{userType}/login', { body: { phone: '13800001001', passwd: 'abc12345', device } })
    seen.push(data === undefined ? 'refused' : `welcome ${data.info.nick}`)
  }
  seen.push(toShow(classifyResult('edu', await first.GET('/rest/{userType}/info'))))
  return seen
}

export async function job(baseUrl: string): Promise<string[]> {
  const client = createJobClient({ baseUrl })
  const result = await client.POST('/login', { body: { username: '13800002007', password: 'abc12345' } })
  return [toShow(classifyResult('job', result, 'jobLogin'))]
}

export async function im(baseUrl: string): Promise<string[]> {
  const client = createImClient({ baseUrl })
  const before = await client.GET('/android/user_contacts/')
  await client.POST('/android/login/', { body: { phone: '13800004001', password: 'abc12345' } })
  const { data } = await client.GET('/android/user_contacts/')
  return [toShow(classifyResult('im', before)), ...(data?.status === 1 ? data.result.map(({ username }) => username) : [])]
}

/** With the platform's own WebSocket, after the login of the story before. */
export async function push(baseUrl: string): Promise<string[]> {
  const seen: string[] = []
  const { data, error, response } = await openImSocket({ baseUrl, onMessages: (messages) => seen.push(...messages.map(({ info }) => info[0]?.content ?? '')) })
  if (data === undefined) return [toShow(classifyResult('im', { error, response }))]
  const answer = await data.send([{ chatId: 'c-1', fromId: 'u-4001', toId: 'u-4001', type: '1', info: [{ category: '0', content: '记得带书' }], createTime: '' }])
  while (seen.length === 0 && answer.data !== undefined) await data.send('')
  data.close()
  return [data.pushId, ...seen, toShow(classifyResult('im', await data.ended))]
}

export async function trid(baseUrl: string): Promise<string[]> {
  const { call } = createTridClient({ baseUrl })
  await call.tridSendSms({ tel: '13800005900' })
  await call.tridCheckSms({ tel: '13800005900', code: '123456' })
  const { data } = await call.tridRegister({ tel: '13800005900', username: '张立远', password: 'zly2026a' })
  return data?.error_no === 0 ? [data.huanxin_id] : []
}

export function offline(): string[] {
  return [
    toShow(classify('job', { status: 200, headers: { 'Server-Status': 'upgrading' }, body: '' })),
    codesOf('smsCodeInvalid').edu.map(({ code }) => String(code)).join(),
  ]
}
