/** What a developer puts into somebody's queue by hand, to see a message arrive without a second phone. */
import type { SocketConsole } from '../../../core/sockets/definition.js'
import type { Im } from '../../../generated/im/contract.js'
import { asMessages, evenOut } from './packets.js'
import { enqueue } from './queue.js'

/** A message of the system, where the packet does not say otherwise. */
const DEFAULTS = { chatId: 'c-system', fromId: 'system', type: '0', createTime: '' }

export const pushConsole: SocketConsole<Im> = {
  example: { fromId: 'u-4002', chatId: 'c-4001-4002', type: '1', info: [{ category: '0', content: '周六上午图书馆见？' }] },
  async put({ user, tx, now, packet }) {
    const given: readonly unknown[] = Array.isArray(packet) ? packet : [packet]
    const items = given.map((item) => evenOut(typeof item === 'object' && item !== null ? { ...DEFAULTS, toId: user.id, ...item } : item))
    const messages = asMessages(items)
    if (messages === null) return 'A packet is one message or a list of some, with info as [{ "category": "0", "content": "…" }]; what is left out of chatId, fromId, toId, type and createTime is filled in.'
    for (const message of messages) await enqueue(tx, user.pushId, message, now)
    return null
  },
}
