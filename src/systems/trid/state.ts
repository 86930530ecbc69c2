import type { StateDefinition } from '../../core/store/types.js'
import type { Trid } from '../../generated/trid/contract.js'

/** What trid stores: numbers, and when each client was last sent a code. The code of a number lies in `smsCodes`, its token in `sessions`, which every system has. */
export const state: StateDefinition<Trid['records']> = { tels: { key: 'tel' }, clients: { key: 'client' } }
