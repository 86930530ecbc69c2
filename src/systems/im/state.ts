import type { StateDefinition, Transaction } from '../../core/store/types.js'
import type { AllRecords } from '../../core/system-types.js'
import type { Im } from '../../generated/im/contract.js'

/** A transaction over everything that this system stores. */
export type Tx = Transaction<AllRecords<Im>>

/** What im stores and how it is found. Sessions of the cookie live in `sessions`, which every system has. */
export const state: StateDefinition<Im['records']> = {
  users: { key: 'id', unique: [['phone'], ['username'], ['pushId']], order: { byId: { by: ['id'] } } },
  friends: { key: 'id', index: [['holderId']] },
  groups: { key: 'id', order: { byId: { by: ['id'] } } },
  files: { key: 'name', namesFiles: true },
  // By receiver: the whole queue, and the part of it that has not been delivered (deliveredAt null).
  messages: { key: 'id', index: [['pushId'], ['pushId', 'deliveredAt']] },
}

/** @returns the key of a relation, which a pair of users has once */
export function friendKey(holderId: string, targetId: string): string {
  return `${holderId}:${targetId}`
}

/** The world's users have smaller ids; those who come later count from here. */
export const FIRST_NEW_USER = 4100
export const DEFAULT_AVATAR = 'media/avatars/android/default.jpg'
