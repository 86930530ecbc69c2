/** What the server says on the push channel. */
import type { RefusedFrame } from '../../../core/sockets/definition.js'
import { toDateTime } from '../time.js'
import type { Im, Schemas } from '../../../generated/im/contract.js'

/** What the server remembers about a connection. */
export interface Memory {
  /** The push id, once the connection has started. */
  readonly pushId: string | null
}

/** @returns the answer to a packet that was taken; an empty text acknowledges a heartbeat */
export function ack(pushId: string, message: 'ok' | ''): Schemas['ServerAck'] {
  return { status: 1, pushId, message }
}

/** @returns a frame with messages out of a queue */
export function delivery(pushId: string, messages: readonly Im['records']['messages'][]): Schemas['ServerDelivery'] {
  return { status: 1, pushId, message: messages.map(({ item, sentAt }) => ({ ...item, createTime: item.createTime === '' ? toDateTime(sentAt) : item.createTime })) }
}

/** Every way in which the server says no. */
export const refusals = {
  badPacket: ({ pushId }: Memory) => refusal('FAILURE_STATUS', { status: 0, pushId: pushId ?? '', message: 'bad packet' }),
  notStarted: () => refusal('FAILURE_STATUS', { status: 0, pushId: '', message: 'not started' }),
  restartRefused: () => refusal('FAILURE_STATUS', { status: 0, pushId: '', message: 'restart refused' }),
  badMessage: (pushId: string) => refusal('FAILURE_STATUS', { status: 0, pushId, message: 'bad message' }),
  noSuchUser: (pushId: string) => refusal('NULL_USER', { status: 6004, pushId, message: 'no such user' }),
  replaced: (pushId: string) => refusal('ERROR_REPEAT_LOGIN', { status: 11000, pushId, message: 'replaced' }),
  noSession: () => refusal('ERROR_NET', { status: 11001, pushId: '', message: 'session error' }),
  networkError: ({ pushId }: Memory) => refusal('ERROR_NET', { status: 11001, pushId: pushId ?? '', message: 'network error' }),
}

function refusal(error: Im['errors'], frame: Schemas['ServerRefusal']): RefusedFrame {
  return { frame, error }
}
