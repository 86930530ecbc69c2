/** __id__: a new system. */
import { contract, type __Id__ } from '../../generated/__id__/contract.js'
import { validators } from '../../generated/__id__/validators.js'
import { defineSystem } from '../../core/system.js'
import { dialect } from './envelope.js'
import { account } from './operations/account.js'
import { state } from './state.js'

const MINUTE = 60_000

export const __id__ = defineSystem<__Id__>({
  contract,
  validators,
  dialect,
  state,
  users: { collection: 'users', key: Number, names: ['phone', 'name'], ban: null, realm: null },
  sessions: { access: { alphabet: 'hex', length: 32, lifetime: null }, perUser: 'one' },
  sms: { validity: 10 * MINUTE, interval: MINUTE, singleUse: true, refusedNumbers: ['13800009998'] },
  operations: account,
  hint: 'POST /sms {"phone":"13800009001"}, then POST /login {"phone":"13800009001","code":"123456"}',
})
