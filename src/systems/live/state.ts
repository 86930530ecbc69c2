import type { StateDefinition } from '../../core/store/types.js'
import type { Live } from '../../generated/live/contract.js'

/** What live stores and how it is found. Keys live in `sessions`, SMS codes in `smsCodes`, which every system has. */
export const state: StateDefinition<Live['records']> = {
  users: { key: 'id', unique: [['mobile']] },
  channels: {
    key: 'id',
    index: [['owner_id']],
    order: { onAir: { by: ['-started_at'], where: (channel) => channel.status === ON_AIR } },
  },
}

/** The only status that a listed channel can have. */
export const ON_AIR = 1

/** The world's users have small ids; those who come later count from here. */
export const FIRST_NEW_USER = 100
