/** The push channel: `/android/websocket/`. */
import { defineSocket, type Delivery, type DeliveryWork, type FrameWork, type RefusedFrame, type SocketAnswer } from '../../../core/sockets/definition.js'
import type { Im, Schemas } from '../../../generated/im/contract.js'
import { pushConsole } from './console.js'
import { ack, delivery, type Memory, refusals } from './frames.js'
import { readPacket } from './packets.js'
import { confirm, delivered, enqueue, markDelivered, undelivered, wholeQueue } from './queue.js'
import { receiversOf } from './receivers.js'

/** So many messages a frame holds at the most when a queue is delivered. */
const FRAME_SIZE = 50

/** How far the queue has been delivered since the start. */
interface Position {
  /** Up to this place in it, or all of it. */
  readonly upTo: number | 'live'
  /** The places at which frames of several messages ended, in order; from then on each message is a frame. */
  readonly ends: readonly number[]
}

type Frame = FrameWork<Im, Memory, Position>

export const imPush = defineSocket<Im, Memory, Position>({
  path: '/android/websocket/',
  schema: 'ServerFrame',
  clientSchema: 'ClientFrame',
  memory: { pushId: null },
  receive,
  deliver,
  mailboxOf: ({ collection, before, after }) => (collection === 'messages' && before === null ? String(after?.['pushId']) : null),
  conditions: {
    unauthenticated: refusals.noSession,
    displaced: ({ pushId }) => refusals.replaced(pushId ?? ''),
    internal: refusals.networkError,
    networkError: refusals.networkError,
    maintenance: refusals.networkError,
  },
  // A connection that has not started has no push id, which most refusals carry.
  errors: {
    FAILURE_STATUS: (memory) => refusals.badPacket(memory).frame,
    NULL_USER: ({ pushId }) => (pushId === null ? 'networkError' : refusals.noSuchUser(pushId).frame),
    ERROR_REPEAT_LOGIN: ({ pushId }) => (pushId === null ? 'networkError' : 'displaced'),
    ERROR_NET: () => 'networkError',
  },
  console: pushConsole,
})

async function receive(work: Frame, frame: unknown): Promise<SocketAnswer<Memory>> {
  const { memory, user } = work
  const { pushId } = user
  const packet = readPacket(frame, memory)
  switch (packet.kind) {
    case 'start':
      return start(pushId)
    case 'restart':
      return packet.pushId === pushId ? start(pushId) : refuse(refusals.restartRefused())
    case 'heartbeat':
      return { frames: [ack(pushId, '')] }
    case 'messages':
      return send(work, packet.messages)
    case 'confirmation':
      return confirmMessages(work, packet.confirmation)
    case 'receipt':
      return confirmFrame(work)
    case 'notStarted':
      return refuse(refusals.notStarted())
    case 'badMessage':
      return refuse(refusals.badMessage(pushId))
    case 'badPacket':
      return refuse(refusals.badPacket(memory))
  }
}

function start(pushId: string): SocketAnswer<Memory> {
  return { frames: [ack(pushId, 'ok')], memory: { pushId }, mailbox: pushId }
}

function refuse({ frame, error }: RefusedFrame): SocketAnswer<Memory> {
  return { frames: [frame], error }
}

/** All of a packet is queued, or nothing of it. */
async function send({ user, tx, now }: Frame, messages: readonly Schemas['Message'][]): Promise<SocketAnswer<Memory>> {
  if (messages.some(({ fromId }) => fromId !== user.id)) return refuse(refusals.badMessage(user.pushId))
  const receivers = await Promise.all(messages.map((message) => receiversOf(tx, message)))
  if (receivers.includes(null)) return refuse(refusals.noSuchUser(user.pushId))
  for (const [i, message] of messages.entries()) for (const pushId of receivers[i] ?? []) await enqueue(tx, pushId, message, now)
  return { frames: [ack(user.pushId, 'ok')] }
}

/** The sender is whichever of the two parties is not the caller; of a message to oneself it is the caller (QUIRKS.md #13). */
async function confirmMessages({ user, tx }: Frame, { fromId, toId, chatId }: Schemas['Confirmation']): Promise<SocketAnswer<Memory>> {
  const others = [fromId, toId].filter((id) => id !== user.id)
  const senders = others.length === 0 ? [user.id] : others
  await confirm(tx, user.pushId, ({ item }) => item.chatId === chatId && senders.includes(item.fromId))
  return { frames: [ack(user.pushId, 'ok')] }
}

/** The bare word confirms the earliest frame that still waits for it; where there is none, it says nothing (QUIRKS.md #13). */
async function confirmFrame({ user, memory, position, tx }: Frame): Promise<SocketAnswer<Memory>> {
  const { upTo, ends } = position ?? { upTo: 0, ends: [] }
  const [first] = (await delivered(tx, user.pushId)).filter(({ seq }) => upTo === 'live' || seq <= upTo)
  if (first === undefined) return refuse(refusals.badPacket(memory))
  const end = ends.find((last) => last >= first.seq) ?? first.seq
  await confirm(tx, user.pushId, ({ seq }) => seq <= end)
  return { frames: [ack(user.pushId, 'ok')] }
}

/** After a start the whole queue in frames of 50, what was delivered and never confirmed included; from then on a frame for each message. */
async function deliver({ memory, position, tx, now }: DeliveryWork<Im, Memory, Position>): Promise<Delivery<Position>> {
  const { pushId } = memory
  const { upTo, ends } = position ?? { upTo: 0, ends: [] }
  if (pushId === null) return { frames: [], position: { upTo: 'live', ends }, more: false }
  const queue = upTo === 'live' ? await undelivered(tx, pushId) : (await wholeQueue(tx, pushId)).filter(({ seq }) => seq > upTo)
  const part = queue.slice(0, FRAME_SIZE)
  await markDelivered(tx, part, now)
  const more = queue.length > part.length
  const last = part.at(-1)?.seq ?? 0
  const next: Position = { upTo: more && upTo !== 'live' ? last : 'live', ends: upTo === 'live' || part.length === 0 ? ends : [...ends, last] }
  const frames = upTo === 'live' ? part.map((message) => delivery(pushId, [message])) : part.length === 0 ? [] : [delivery(pushId, part)]
  return { frames, position: next, more }
}
