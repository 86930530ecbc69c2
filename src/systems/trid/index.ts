/** trid: registration by SMS, three operations behind one URL. */
import { contract, type Trid } from '../../generated/trid/contract.js'
import { validators } from '../../generated/trid/validators.js'
import { defineSystem } from '../../core/system.js'
import { dialect } from './envelope.js'
import { SMS_INTERVAL, user } from './operations/user.js'
import { state } from './state.js'

const DAY = 24 * 60 * 60_000

export const trid = defineSystem<Trid>({
  contract,
  validators,
  dialect,
  state,
  users: { collection: 'tels', key: String, names: ['tel', 'username'], ban: null, realm: null },
  sessions: { access: { alphabet: 'hex', length: 48, lifetime: 30 * DAY }, perUser: 'one' },
  sms: { validity: null, interval: SMS_INTERVAL, singleUse: false, refusedNumbers: ['13800005998'], alwaysFixed: true },
  settings: {
    interval: {
      description: '谁在 60 秒内只能要一次验证码：每个号码（tel），还是每个客户端、不论号码（client：X-Forwarded-For 的第一个地址，没有则为请求的来源地址） · Who may ask for a code once in 60 seconds: each number (tel), or each client whatever the number (client: the first address of X-Forwarded-For, else the one that the call comes from)',
      default: 'tel',
      allowed: ['tel', 'client'],
    },
  },
  outages: ['smsOperator', 'database'],
  operations: user,
  hint: 'POST /index.php?r=user/sms-validation-request {"type":"sms_validation_request","tel":"13800005900","time":"1"} → 123456',
})
