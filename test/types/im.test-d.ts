/** What the compiler says of im, whose code is called `status`. */
import { expectTypeOf } from 'vitest'
import { WebSocket } from 'ws'
import { type Answer, type components, createImClient, isNoAnswer, openImSocket, type Success } from '../../src/contract/im.js'

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

export async function chat() {
  const { data, error } = await openImSocket({
    baseUrl: 'ws://localhost:4010/im',
    connect: (url, headers) => new WebSocket(url, { headers }),
    onMessages: ([message], socket) => {
      expectTypeOf(message?.type).toEqualTypeOf<Schemas['Message']['type'] | undefined>()
      void socket.send('ok')
    },
  })
  if (data === undefined) {
    if (!isNoAnswer(error) && error.status === 6004) expectTypeOf(error.message).toEqualTypeOf<'no such user'>()
    return
  }
  const { data: ack } = await data.send([{ chatId: 'c', fromId: 'u-1', toId: 'u-2', type: '1', info: [{ category: '0', content: '' }], createTime: '' }])
  expectTypeOf(ack).toEqualTypeOf<Schemas['ServerAck'] | undefined>()
  // @ts-expect-error a packet is one of the document's forms
  void data.send('fine')
}
