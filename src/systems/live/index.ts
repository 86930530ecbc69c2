/** live: the live-streaming app. */
import { contract, type Live } from '../../generated/live/contract.js'
import { validators } from '../../generated/live/validators.js'
import { defineSystem } from '../../core/system.js'
import { dialect } from './envelope.js'
import { auth } from './operations/auth.js'
import { channels } from './operations/channels.js'
import { users } from './operations/users.js'
import { state } from './state.js'

const TEN_MINUTES = 10 * 60_000

export const live = defineSystem<Live>({
  contract,
  validators,
  dialect,
  state,
  users: { collection: 'users', key: Number, names: ['mobile', 'nickname'], ban: null, realm: null },
  sessions: { access: { alphabet: 'hex', length: 32, lifetime: null }, perUser: 'one' },
  sms: { validity: TEN_MINUTES, interval: 0, singleUse: true, refusedNumbers: [] },
  settings: {
    codes: {
      description: '同一号码十分钟内哪些验证码有效：只有最新的（newest），还是最近十个 · Which codes of a number are good for ten minutes: the newest alone, or each of the last ten',
      default: 'newest',
      allowed: ['newest', 'each'],
    },
  },
  operations: { ...auth, ...users, ...channels },
  hint: 'GET /auth/code?mobile=13800003001 → POST /auth/login {"mobile":"13800003001","auth_code":"123456"}',
})
