/** What a client says on the push channel. */
import { isObject } from '../../../plain/json.js'
import { validators } from '../../../generated/im/validators.js'
import type { Schemas } from '../../../generated/im/contract.js'
import type { Memory } from './frames.js'

type Packet =
  | { readonly kind: 'start' | 'heartbeat' | 'receipt' | 'notStarted' | 'badPacket' | 'badMessage' }
  | { readonly kind: 'restart'; readonly pushId: string }
  | { readonly kind: 'messages'; readonly messages: readonly Schemas['Message'][] }
  | { readonly kind: 'confirmation'; readonly confirmation: Schemas['Confirmation'] }

/** The outer form that all packets share. */
interface Envelope {
  readonly status: 0 | 1
  readonly pushId: string
  readonly message: string | readonly unknown[] | Readonly<Record<string, unknown>>
}

/**
 * @param frame the JSON value of a frame; undefined when it was none
 * @returns what the frame means on a connection that remembers this much (QUIRKS.md #9 to #12)
 */
export function readPacket(frame: unknown, memory: Memory): Packet {
  if (!isEnvelope(frame)) return { kind: 'badPacket' }
  return memory.pushId === null ? beforeStart(frame) : afterStart(frame, memory.pushId)
}

function beforeStart({ status, pushId, message }: Envelope): Packet {
  if (message === 'start') return { kind: 'start' }
  if (message === 'restart' || (status === 0 && pushId !== '')) return { kind: 'restart', pushId }
  return { kind: pushId === '' && message === '' ? 'start' : 'notStarted' }
}

function afterStart(packet: Envelope, own: string): Packet {
  const { pushId, message } = packet
  if (message === 'start') return { kind: 'start' }
  if (message === 'restart') return { kind: 'restart', pushId }
  if (pushId !== '' && pushId !== own) return { kind: 'badPacket' }
  if (message === '') return { kind: 'heartbeat' }
  if (message === 'ok') return { kind: 'receipt' }
  if (typeof message === 'string') return { kind: 'badPacket' }
  return isList(message) ? readMessages(packet, message) : readConfirmation(packet, message)
}

function readMessages(packet: Envelope, items: readonly unknown[]): Packet {
  if (items.length === 0) return { kind: 'badPacket' }
  const messages = asMessages(items.map(evenOut), packet)
  return messages === null ? { kind: 'badMessage' } : { kind: 'messages', messages }
}

function readConfirmation(packet: Envelope, { fromId, toId, chatId, content, info }: Readonly<Record<string, unknown>>): Packet {
  const confirmation = { fromId, toId, chatId, content: content ?? info }
  if (validators.schemas['ConfirmationPacket']?.({ ...packet, message: confirmation }) !== true) return { kind: 'badPacket' }
  return { kind: 'confirmation', confirmation: confirmation as Schemas['Confirmation'] } // just validated
}

/** @returns the items, if all of them are messages in the one spelling that is delivered; else null */
export function asMessages(items: readonly unknown[], { status, pushId }: Pick<Envelope, 'status' | 'pushId'> = { status: 1, pushId: '' }): readonly Schemas['Message'][] | null {
  const isGood = validators.schemas['MessagePacket']?.({ status, pushId, message: items }) === true
  return isGood ? (items as readonly Schemas['Message'][]) : null // just validated
}

/**
 * @param item a message as a client may spell it: numbers for type and category, one object for info
 * @returns the same in the spelling of the contract, without keys that a message does not have; anything else stays as it is
 */
export function evenOut(item: unknown): unknown {
  if (!isObject(item)) return item
  const { chatId, fromId, toId, type, info, createTime } = item
  const pieces: unknown[] = isList(info) ? [...info] : [info]
  return { chatId, fromId, toId, type: asText(type), info: pieces.map((piece) => (isObject(piece) ? { category: asText(piece['category']), content: piece['content'] } : piece)), createTime }
}

function asText(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value
}

function isEnvelope(frame: unknown): frame is Envelope {
  if (!isObject(frame)) return false
  const { status, pushId, message } = frame
  return (status === 0 || status === 1) && typeof pushId === 'string' && (typeof message === 'string' || isList(message) || isObject(message))
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}
