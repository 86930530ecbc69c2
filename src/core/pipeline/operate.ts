/** The operation and the checks before it, as one transaction. */
import { failWith } from '../failure.js'
import { Ids } from '../ids.js'
import type { Reply } from '../reply.js'
import type { CoreRecords } from '../sandbox.js'
import { type SessionRecord, Sessions } from '../sessions.js'
import { SmsCodes, type SmsPolicy } from '../sms.js'
import type { Doc, Transaction } from '../store/types.js'
import { succeed } from './answer.js'
import { type Checked, checkSteps } from './checks.js'
import type { Exchange } from './exchange.js'

const NONE: ReadonlySet<string> = new Set()
const NO_SMS: SmsPolicy = { validity: 0, interval: 0, singleUse: true, refusedNumbers: [] }

interface Result {
  readonly payload: unknown
  readonly issued: SessionRecord | null
}

/** Step: carries the request out. A failure that is thrown leaves nothing behind. */
export async function operate(exchange: Exchange): Promise<Reply> {
  const { turn, system } = exchange
  const { value, changes } = await turn.store(system.id).transact((tx) => runOnce(exchange, tx as Transaction<CoreRecords & Record<string, Doc>>))
  exchange.changes = changes
  const headers = value.issued === null ? undefined : system.dialect.credentials?.issue?.(value.issued, exchange.now)
  return succeed(exchange, value.payload, headers)
}

/** One run; a conflict with another request makes it run again, with the same ids. */
async function runOnce(exchange: Exchange, tx: Transaction<CoreRecords & Record<string, Doc>>): Promise<Result> {
  const { system, operation, row, now, state } = exchange
  if (operation === null || row === null) throw new Error('no operation was found')
  const ids = new Ids(`${state.seed}/${system.id}/${String(state.requests)}`)
  const sessions = new Sessions(system.sessions, tx, ids, now)
  const checked: Checked = { input: {}, headers: {}, session: null, user: null }
  const context = { row, operation, tx, sessions }
  for (const check of system.dialect.checks) {
    const pending = checkSteps[check](exchange, context, checked)
    if (pending) await pending
  }
  const control = state.systems[system.id]
  const outages: ReadonlySet<string> = control === undefined || control.outages.length === 0 ? NONE : new Set(control.outages)
  const sms = new SmsCodes(system.sms ?? NO_SMS, { source: control?.smsSource ?? 'fixed', operatorFails: outages.has('smsOperator') }, tx, now)
  const handler = system.operations[operation]
  if (handler === undefined) throw new Error(`${system.id} does not implement ${operation}`)
  const { input, headers, session, user } = checked
  const work = { input, headers, session, user, tx, sessions, sms, now, ids, settings: exchange.settings, client: exchange.client, outages, fail: failWith }
  // The contract's validators have just proved the input to be what the handler's generated type says.
  const payload = await handler(work as never)
  const issued = sessions.issued
  if (issued !== null) exchange.user = issued.userId
  return { payload, issued }
}
