/** What the compiler says of trid, where one number has several meanings. */
import { expectTypeOf } from 'vitest'
import { type Answer, type components, createTridClient } from '../../src/contract/trid.js'

type Schemas = components['schemas']
const { call, POST } = createTridClient({ baseUrl: 'http://localhost:4010/trid' })

export async function calls() {
  const sent = (await call.tridSendSms({ tel: '13800005900' })).data
  if (sent?.error_no === 4) expectTypeOf(sent).toEqualTypeOf<Schemas['SmsSendFailedFailure']>()
  // @ts-expect-error only a registration knows 5
  if (sent?.error_no === 5) return

  const registered = (await call.tridRegister({ tel: '13800005900', username: 'a', password: 'b' })).data
  if (registered?.error_no === 4) expectTypeOf(registered).toEqualTypeOf<Schemas['TokenNotValidFailure']>()
  if (registered?.success) expectTypeOf(registered.huanxin_id).toEqualTypeOf<string>()

  const checked = await POST('/index.php?r=user/sms-validation-code', { body: { type: 'sms_validation_code', tel: '1', time: '1', code: '1' } })
  expectTypeOf(checked.data?.error_no).toEqualTypeOf<0 | 1 | 2 | 3 | undefined>()
  // What lies outside of the dialect is an error, and has no error_no.
  expectTypeOf(checked.error?.status).toEqualTypeOf<404 | 405 | 500 | 503 | undefined>()

  // @ts-expect-error the type belongs to another operation
  await POST('/index.php?r=user/register', { body: { type: 'sms_validation_code', tel: '1', token: '1', username: '1', password: '1' } })
  // @ts-expect-error the code is missing
  await call.tridCheckSms({ tel: '1' })
}

expectTypeOf<Answer<'tridCheckSms'>['error_no']>().toEqualTypeOf<0 | 1 | 2 | 3>()
expectTypeOf<Answer<'tridRegister'>['type']>().toEqualTypeOf<'sms_validation_send' | 'sms_validation_result' | 'register'>()
