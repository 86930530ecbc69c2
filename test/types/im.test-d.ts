/** What the compiler says of im, whose code is called `status`. */
import { expectTypeOf } from 'vitest'
import { type Answer, type components, createImClient, type Success } from '../../src/contract/im.js'

type Schemas = components['schemas']
const client = createImClient({ baseUrl: 'http://localhost:4010/im' })

export async function login() {
  const { data, error } = await client.POST('/android/login/', { body: { phone: '13800004001', password: 'abc12345' } })
  if (error !== undefined) {
    expectTypeOf(error.status).toEqualTypeOf<0 | undefined>() // undefined: no answer at all
    return
  }
  if (data.status === 10000) expectTypeOf(data).toEqualTypeOf<Schemas['ErrorPasswordFailure']>()
  if (data.status === 1) expectTypeOf(data.result.user.username).toEqualTypeOf<string>()
  // @ts-expect-error one logs in by phone, so no name can be taken
  if (data.status === 7000) return
}

expectTypeOf<Answer<'imListFriends'>['status']>().toEqualTypeOf<1 | 11001>()
expectTypeOf<Success<'imListFriends'>['result']>().toEqualTypeOf<Schemas['ImUser'][]>()
