/** The queues: messages wait here, in the order of sending, until their receiver confirms them. */
import type { Im, Schemas } from '../../../generated/im/contract.js'
import type { Tx } from '../state.js'

type Queued = Im['records']['messages']

/** Worlds and scenarios number their messages from 1; those that are sent count from here in each queue. */
const FIRST_SENT = 1_000_000
const SEQ_DIGITS = 8

/** Puts a message at the end of a queue. */
export async function enqueue(tx: Tx, pushId: string, item: Schemas['Message'], now: number): Promise<void> {
  const seq = await tx.next(`queue/${pushId}`, FIRST_SENT)
  await tx.insert('messages', { id: `${pushId}:${String(seq).padStart(SEQ_DIGITS, '0')}`, pushId, seq, item, sentAt: now, deliveredAt: null })
}

/** @returns the whole queue, delivered or not */
export async function wholeQueue(tx: Tx, pushId: string): Promise<readonly Queued[]> {
  return inOrder(await tx.findAll('messages', { pushId }))
}

/** @returns the part of the queue that has not been delivered */
export async function undelivered(tx: Tx, pushId: string): Promise<readonly Queued[]> {
  return inOrder(await tx.findAll('messages', { pushId, deliveredAt: null }))
}

/** @returns the part of the queue that has been delivered and waits to be confirmed */
export async function delivered(tx: Tx, pushId: string): Promise<readonly Queued[]> {
  return (await wholeQueue(tx, pushId)).filter(({ deliveredAt }) => deliveredAt !== null)
}

/** Notes when messages are delivered for the first time. */
export async function markDelivered(tx: Tx, messages: readonly Queued[], now: number): Promise<void> {
  for (const { id, deliveredAt } of messages) if (deliveredAt === null) await tx.update('messages', id, { deliveredAt: now })
}

/** Takes those of the delivered messages out of the queue. */
export async function confirm(tx: Tx, pushId: string, which: (message: Queued) => boolean): Promise<void> {
  for (const message of await tx.findAll('messages', { pushId })) {
    if (message.deliveredAt !== null && which(message)) await tx.delete('messages', message.id)
  }
}

function inOrder(messages: readonly Queued[]): readonly Queued[] {
  return [...messages].sort((a, b) => a.seq - b.seq)
}
