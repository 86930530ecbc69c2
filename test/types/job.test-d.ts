/** What the compiler says of job. */
import { expectTypeOf } from 'vitest'
import { type Answer, codes, type components, createJobClient, type Failure, type operations, type Success } from '../../src/contract/job.js'

type Schemas = components['schemas']
const client = createJobClient({ baseUrl: 'http://localhost:4010/job' })

export async function register() {
  const { data, error } = await client.POST('/register', {
    body: { username: '13800002100', password: 'abc12345', rePassword: 'abc12345', code: '123456', nickname: '小王' },
  })
  // Under 400 and 413 there is one code; a 500 is a text that is to be ignored: no answer.
  if (error !== undefined) expectTypeOf(error.code).toEqualTypeOf<-2 | undefined>()
  if (data === undefined) return
  expectTypeOf(data.code).toEqualTypeOf<0 | 2 | 5 | 8 | 10 | 11 | 25>()
  if (data.code === 25) expectTypeOf(data).toEqualTypeOf<Schemas['WrongCodeFailure']>()
  if (data.ok) expectTypeOf(data.code).toEqualTypeOf<0>()
  else expectTypeOf(data.code).toEqualTypeOf<2 | 5 | 8 | 10 | 11 | 25>()
  // @ts-expect-error to register one is not logged in
  if (data.code === 7) return
  // @ts-expect-error no balance is looked at
  if (data.code === codes.INSUFFICIENT_BALANCE) return
}

export async function claim() {
  const { data } = await client.POST('/api/user/quest/assign/{id}', { params: { path: { id: 1 } } })
  if (data?.code === 45) expectTypeOf(data).toEqualTypeOf<Schemas['AudienceMismatchFailure']>()
  // @ts-expect-error a task is claimed without a code
  if (data?.code === 25) return
}

expectTypeOf<Success<'jobLogin'>['data']>().toEqualTypeOf<{ id: number; appToken: string }>()
expectTypeOf<Answer<'jobGetBalance'>['code']>().toEqualTypeOf<-2 | 0 | 6 | 7 | 19>()
expectTypeOf<Failure<'jobGetBalance'>['data']>().toEqualTypeOf<null>()

/** The token in its three carriages, and the header of maintenance. */
export async function carried() {
  const appToken = 'WEFEIASIWEdfrilkzxcv'
  await client.GET('/api/job/list', { params: { query: { appToken } } })
  await client.POST('/api/user/acc/withdraw', { body: { amt: '1', dealPwd: '246810', payType: 0, appToken } })
  await client.POST('/api/user/quest/assign/{id}', { params: { path: { id: 1 } }, body: { appToken } })
}

expectTypeOf<operations['jobListJobs']['responses'][503]['headers']['Server-Status']>().toEqualTypeOf<string>()
expectTypeOf<operations['jobListJobs']['responses'][200]['headers']['Server-Status']>().toEqualTypeOf<string | undefined>()
