import type { StateDefinition } from '../../core/store/types.js'
import type { __Id__ } from '../../generated/__id__/contract.js'

/** What __id__ stores and how it is found. */
export const state: StateDefinition<__Id__['records']> = { users: { key: 'id', unique: [['phone']] } }
