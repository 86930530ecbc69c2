/** edu: the education app. */
import { contract, type Edu } from '../../generated/edu/contract.js'
import { validators } from '../../generated/edu/validators.js'
import { defineSystem } from '../../core/system.js'
import { dialect } from './envelope.js'
import { account } from './operations/account.js'
import { app } from './operations/app.js'
import { file } from './operations/file.js'
import { order } from './operations/order.js'
import { profile } from './operations/profile.js'
import { session } from './operations/session.js'
import { teacher } from './operations/teacher.js'
import { state } from './state.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const edu = defineSystem<Edu>({
  contract,
  validators,
  dialect,
  state,
  users: { collection: 'users', key: String, names: ['phone', 'nick'], ban: { field: 'banned', banned: true, free: false }, realm: 'userType' },
  sessions: {
    endedKept: 10,
    access: { alphabet: 'hex', length: 48, lifetime: 2 * HOUR },
    refresh: { alphabet: 'hex', length: 48, lifetime: 30 * DAY },
    perUser: 'one',
  },
  sms: { validity: 10 * MINUTE, interval: MINUTE, singleUse: true, refusedNumbers: ['13800001998'] },
  settings: {
    httpStatus: {
      description: '失败时用各自的 HTTP 状态（mapped），还是与其他响应一样用 200（always200） · Whether failures have HTTP statuses of their own (mapped) or travel with 200 like everything else (always200)',
      default: 'mapped',
      allowed: ['mapped', 'always200'],
    },
    accessTokenGraceMs: {
      description: '刷新之后，旧的访问令牌还有效的毫秒数 · Milliseconds that an access token lives on after a refresh has replaced it',
      default: MINUTE,
      allowed: { min: 0, max: MINUTE },
    },
    contentTypeRequired: {
      description: '只在可带请求体时要求 content-type（withBody），还是 REST 接口的每个请求都要求，GET 在内（always） · Whether content-type is asked for where a body can be (withBody), or by every call of the REST API, GET included (always)',
      default: 'withBody',
      allowed: ['withBody', 'always'],
    },
  },
  outages: ['smsOperator', 'thirdParty', 'callProvider'],
  operations: { ...account, ...session, ...profile, ...teacher, ...order, ...app, ...file },
  hint: 'POST /rest/s/login {"phone":"13800001001","passwd":"abc12345"} + client: 1.0.2.3, platform: ios, u: 1, w: 1',
})
