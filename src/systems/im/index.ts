/** im: the instant messaging app. */
import { contract, type Im } from '../../generated/im/contract.js'
import { validators } from '../../generated/im/validators.js'
import { defineSystem } from '../../core/system.js'
import { SESSION_DAYS } from './credentials.js'
import { dialect } from './envelope.js'
import { account, accountRules } from './operations/account.js'
import { files } from './operations/files.js'
import { friends } from './operations/friends.js'
import { push } from './operations/push.js'
import { search } from './operations/search.js'
import { imPush } from './push/index.js'
import { state } from './state.js'

const DAY = 24 * 60 * 60_000

export const im = defineSystem<Im>({
  contract,
  validators,
  dialect,
  state,
  users: { collection: 'users', key: String, names: ['phone', 'username'], ban: null, realm: null },
  sessions: { access: { alphabet: 'lowerAlphanumeric', length: 32, lifetime: SESSION_DAYS * DAY }, perUser: 'many' },
  sms: null,
  outages: ['network'],
  operations: { ...account, ...files, ...search, ...friends, ...push },
  rules: accountRules,
  sockets: { imPush },
  hint: 'POST /android/login/ {"phone":"13800004001","password":"abc12345"} → Cookie',
})
