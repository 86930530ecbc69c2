/** Tag `channels`: who is on air. */
import type { Handlers, Work } from '../../../core/system.js'
import type { components, Live } from '../../../generated/live/contract.js'
import { ON_AIR } from '../state.js'
import { viewUser } from './users.js'

type ListWork = Work<Live, 'liveListChannels'>
type ChannelRecord = Live['records']['channels']

export const channels = {
  async liveListChannels(work) {
    const { input } = work
    const { p, l } = input
    const window = { offset: (p - 1) * l, limit: l }
    const { items, total } = input.owner_id === undefined ? await work.tx.page('channels', 'onAir', window) : await ofOwner(work, input.owner_id, window)
    return { count: total, channels: await Promise.all(items.map((channel) => viewChannel(work, channel))) }
  },
} satisfies Partial<Handlers<Live>>

/** One owner has few channels, so these are sorted here. */
async function ofOwner({ tx }: ListWork, owner: number, { offset, limit }: { offset: number; limit: number }) {
  const onAir = (await tx.findAll('channels', { owner_id: owner })).filter((channel) => channel.status === ON_AIR)
  const sorted = onAir.sort((a, b) => b.started_at - a.started_at || b.id - a.id)
  return { items: sorted.slice(offset, offset + limit), total: sorted.length }
}

async function viewChannel({ tx, user: caller }: ListWork, channel: ChannelRecord): Promise<components['schemas']['Channel']> {
  const owner = await tx.get('users', channel.owner_id)
  if (owner === undefined) throw new Error(`channel ${String(channel.id)} belongs to nobody`)
  const { id, title, thumbnail, desc, visit_count, like_count, started_at } = channel
  return { id, title, thumbnail, desc, status: ON_AIR, visit_count, like_count, started_at, owner: viewUser(owner, caller) }
}
