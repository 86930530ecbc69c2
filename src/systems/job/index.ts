/** job: the campus jobs app. */
import { contract, type Job } from '../../generated/job/contract.js'
import { validators } from '../../generated/job/validators.js'
import { defineSystem } from '../../core/system.js'
import { dialect } from './envelope.js'
import { auth } from './operations/auth.js'
import { certifications } from './operations/certifications.js'
import { coupons } from './operations/coupons.js'
import { jobs } from './operations/jobs.js'
import { questionnaires } from './operations/questionnaires.js'
import { submissionRules, submissions } from './operations/submissions.js'
import { taskRules, tasks } from './operations/tasks.js'
import { users } from './operations/users.js'
import { wallets } from './operations/wallets.js'
import { state } from './state.js'

const MINUTE = 60_000

export const job = defineSystem<Job>({
  contract,
  validators,
  dialect,
  state,
  users: {
    collection: 'users',
    key: Number,
    names: ['username', 'phone', 'name'],
    ban: { field: 'valid', banned: false, free: true },
    realm: null,
    roles: ({ roles }) => (Array.isArray(roles) ? roles.map(String) : []),
  },
  sessions: { access: { alphabet: 'letters', length: 20, lifetime: null }, perUser: 'one' },
  sms: { validity: 5 * MINUTE, interval: MINUTE, singleUse: true, refusedNumbers: ['13800002998'] },
  outages: ['smsOperator'],
  operations: { ...auth, ...users, ...certifications, ...jobs, ...tasks, ...submissions, ...questionnaires, ...coupons, ...wallets },
  rules: { ...taskRules, ...submissionRules },
  bulk: { collection: 'jobs', make: async (count) => (await import('./bulk.js')).makeJobs(count) },
  hint: 'POST /login username=13800002002&password=abc12345',
})
