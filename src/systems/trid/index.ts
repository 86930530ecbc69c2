/** trid: registration by SMS, three operations behind one URL. */
import { contract } from '../../generated/trid/contract.js'
import { validators } from '../../generated/trid/validators.js'
import { defineSystem } from '../../core/system.js'
import { dialect } from './envelope.js'
import { user } from './operations/user.js'
import { state } from './state.js'
import type { Trid } from './types.js'

const DAY = 24 * 60 * 60_000

export const trid = defineSystem<Trid>({
  contract,
  validators,
  dialect,
  state,
  users: { collection: 'tels', key: String, names: ['tel', 'username'], ban: null, realm: null },
  sessions: { access: { alphabet: 'hex', length: 48, lifetime: 30 * DAY }, perUser: 'one' },
  sms: { validity: null, interval: 60_000, singleUse: false, refusedNumbers: ['13800005998'], alwaysFixed: true },
  outages: ['smsOperator', 'database'],
  operations: user,
  hint: 'POST /index.php?r=user/sms-validation-request {"type":"sms_validation_request","tel":"13800005900","time":"1"}, code 123456',
})
