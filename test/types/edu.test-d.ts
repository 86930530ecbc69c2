/** What the compiler says of edu, whose failures travel under HTTP statuses of their own: they are in `error`. */
import { expectTypeOf } from 'vitest'
import { type Answer, codes, type components, createEduClient, type Failure, isNoAnswer, type NoAnswer } from '../../src/contract/edu.js'

type Schemas = components['schemas']
const app = { client: '1.0.2.3', platform: 'ios', u: '490154203237518', w: '00:00:5e:00:53:01' } as const
const client = createEduClient({ baseUrl: 'http://localhost:4010/edu', userType: 's', app })

// @ts-expect-error on android the channel is required
createEduClient({ baseUrl: '', userType: 's', app: { ...app, platform: 'android' } })

export async function login() {
  const { data, error } = await client.POST('/rest/{userType}/login', { body: { phone: '13800001001', smscode: '123456' } })
  if (error === undefined) {
    expectTypeOf(data.code).toEqualTypeOf<900>()
    expectTypeOf(data.info.access_token).toEqualTypeOf<string>()
    return
  }
  expectTypeOf(error).toEqualTypeOf<Failure<'eduLogin'> | NoAnswer>()
  // A code can be tested without looking first whether there was an answer at all.
  if (error.code === 603) expectTypeOf(error).toEqualTypeOf<Schemas['SmsCodeInvalidFailure']>()
  if (isNoAnswer(error)) {
    expectTypeOf(error.condition).toEqualTypeOf<'offline' | 'timedOut' | 'aborted' | 'notOurs' | 'malformedAnswer'>()
    return
  }
  expectTypeOf(error).toEqualTypeOf<Failure<'eduLogin'>>()
  expectTypeOf(error.code).toEqualTypeOf<127 | 603 | 902 | 904 | 905 | 906 | 907 | 909>()
  // @ts-expect-error one who logs in has no token that could have run out
  if (error.code === 899) return
  // @ts-expect-error success is no failure
  if (error.code === codes.OK) return
}

export async function filledIn() {
  const { error } = await client.GET('/rest/{userType}/info')
  if (error?.code === 903) expectTypeOf(error.nextLogin).toEqualTypeOf<string | undefined>()
  await client.GET('/rest/{userType}/order/{o_id}', { params: { path: { o_id: '5f0000000000000000000001' } } })
  // @ts-expect-error the order is missing
  await client.GET('/rest/{userType}/order/{o_id}')
  // @ts-expect-error there is no such kind of user
  await client.GET('/rest/{userType}/info', { params: { path: { userType: 'x' } } })
  const file = await client.GET('/file/{name}', { params: { path: { name: 'default.png' } }, parseAs: 'blob' })
  expectTypeOf(file.data).toEqualTypeOf<Blob | undefined>()
}

export async function redirect() {
  const { error } = await client.GET('/rest/{userType}/update')
  if (error?.code === 914) expectTypeOf(error.url).toEqualTypeOf<string>()
}

expectTypeOf<Answer<'eduPayOrder'>['code']>().toEqualTypeOf<899 | 900 | 903 | 904 | 905 | 909 | 910 | 911 | 913>()
