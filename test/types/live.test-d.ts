/** What the compiler says of live. Compiled with the rest (`npm run typecheck`), never run. */
import { expectTypeOf } from 'vitest'
import { type Answer, codes, contract, createLiveClient, type components, type Failure, type NoAnswer, type OperationId, type Success } from '../../src/contract/live.js'

type Schemas = components['schemas']
const client = createLiveClient({ baseUrl: 'http://localhost:4010/live' })

export async function login() {
  const { data, error } = await client.POST('/auth/login', { body: { mobile: '13800003001', auth_code: '123456' } })
  expectTypeOf(error).toEqualTypeOf<NoAnswer | undefined>()
  if (data === undefined) return
  expectTypeOf(data).toEqualTypeOf<Answer<'liveLogin'>>()
  expectTypeOf(data.code).toEqualTypeOf<2000 | 4000 | 4011>()
  if (data.code === 4011) {
    expectTypeOf(data).toEqualTypeOf<Schemas['ApiInvalidAuthCodeFailure']>()
    // @ts-expect-error a failure has no key
    expectTypeOf(data).toHaveProperty('api_key')
  }
  if (data.code === codes.API_OK) expectTypeOf(data.api_key).toEqualTypeOf<string>()
  // @ts-expect-error a login never says that there is no such user
  if (data.code === 4041) return
  // @ts-expect-error nor is there such a code
  if (data.code === 4012) return
  // @ts-expect-error under its name neither
  if (data.code === codes.API_USER_NOT_FOUND) return
  switch (data.code) {
    case 2000:
    case 4000:
    case 4011:
      return
    default:
      expectTypeOf(data).toBeNever()
  }
}

export async function wrongCalls() {
  // @ts-expect-error a number is no mobile
  await client.GET('/auth/code', { params: { query: { mobile: 13800003001 } } })
  // @ts-expect-error the code is missing
  await client.POST('/auth/login', { body: { mobile: '13800003001' } })
  // @ts-expect-error no such path
  await client.GET('/auth/codes')
}

expectTypeOf<Answer<'liveGetMe'>['code']>().toEqualTypeOf<2000 | 4010>()
expectTypeOf<Failure<'liveListChannels'>['code']>().toEqualTypeOf<4000 | 4010>()
expectTypeOf<Success<'liveGetUser'>['user']>().toEqualTypeOf<Schemas['LiveUser']>()
expectTypeOf<OperationId>().toEqualTypeOf<keyof typeof contract.operations>()
expectTypeOf(contract.errors.API_UNAUTHORIZED.code).toEqualTypeOf<4010>()
expectTypeOf(contract.errors.API_UNAUTHORIZED.condition).toEqualTypeOf<'unauthenticated'>()
expectTypeOf(contract.operations.liveLogin.errors).toEqualTypeOf<readonly ['API_BAD_REQUEST', 'API_INVALID_AUTH_CODE']>()
