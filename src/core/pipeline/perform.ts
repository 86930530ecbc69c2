/** Phase 5, performed: the checks and the operation, as one transaction, with what came of them. */
import { NoRoom } from '../engine/engine.js'
import { callErased } from '../erased.js'
import { Failure, failWith, withoutStack } from '../failure.js'
import { type Registry, userIdOf } from '../identify.js'
import { type SessionRecord, Sessions } from '../sessions.js'
import { SmsCodes, type SmsPolicy } from '../sms.js'
import type { Change } from '../store/types.js'
import { clientOf } from './address.js'
import { check } from './check.js'
import type { Received } from './receive.js'

/** A call that was carried out, or refused on the way. */
export interface Performed {
  readonly received: Received
  /** The operation's payload, or why there is none. */
  readonly result: unknown
  /** The session that the operation began; null when it began none. */
  readonly issued: SessionRecord | null
  /** The session whose tokens it renewed; null when it renewed none. */
  readonly renewed: SessionRecord | null
  /** Key of the user whose credential it was, or who logged in; null where nobody is known. */
  readonly userId: string | null
  readonly changes: readonly Change[]
}

type Attempt = Omit<Performed, 'received' | 'changes'>

const NO_CHANGES: readonly Change[] = []
const NO_OUTAGES: ReadonlySet<string> = new Set()
const NO_CALLER = { session: null, user: null }
const NO_SMS: SmsPolicy = { validity: 0, interval: 0, singleUse: true, refusedNumbers: [] }

/** Thrown out of a transaction, so that it leaves nothing behind. */
class RolledBack extends Error {
  readonly userId: string | null

  constructor(userId: string | null, cause: unknown) {
    super('rolled back', { cause })
    this.userId = userId
  }
}

/**
 * Thrown out of a transaction by slow work that an operation needs and that has nothing to do with records, such as the hash of a password.
 * Done inside the transaction it would hold it open, and be done again each time that the transaction runs. So the transaction stops where
 * it is first asked for, leaves nothing behind, and runs again when the work is done.
 */
class Pending extends Error {
  readonly work: () => Promise<unknown>

  constructor(work: () => Promise<unknown>) {
    super('work beside the transaction is to be done first')
    this.work = work
  }
}

/**
 * Carries the call out. A failure leaves nothing behind.
 * @param report told of exceptions, which are answered as the failure `internal`
 * @throws Superseded when the sandbox was reset meanwhile
 */
export async function perform(received: Received, report: (exception: unknown) => void): Promise<Performed> {
  const { turn, system } = received.routed.arrival
  /** What the work beside the transaction came to, in the order in which the operation asks; it asks the same in each run, as its ids and its clock are the same. */
  const asides: unknown[] = []
  for (;;) {
    try {
      const { value, changes } = await turn.transact(system.id, (tx) => attempt(received, tx, asides))
      return { received, result: value.result, issued: value.issued, renewed: value.renewed, userId: value.userId, changes }
    } catch (error) {
      if (error instanceof NoRoom) return { received, result: Failure.when('internal', { shortage: error.message }), issued: null, renewed: null, userId: null, changes: NO_CHANGES }
      if (!(error instanceof RolledBack)) throw error
      const { cause, userId } = error
      if (cause instanceof Pending) asides.push(await cause.work())
      else {
        if (!(cause instanceof Failure)) report(cause)
        return { received, result: cause instanceof Failure ? cause : Failure.when('internal'), issued: null, renewed: null, userId, changes: NO_CHANGES }
      }
    }
  }
}

/** One run; a conflict with another request makes it run again, with the same ids. */
async function attempt(received: Received, tx: Registry['tx'], asides: readonly unknown[]): Promise<Attempt> {
  const { arrival, operation } = received.routed
  const { system, turn, switches } = arrival
  const ids = turn.ids(system.id)
  const sessions = new Sessions(system.sessions, tx, turn.tokens(system.id), turn.now)
  const { failure, caller, input, headers } = await check(received, { system, tx, sessions })
  const userId = userIdOf(caller)
  if (failure !== null) return { result: failure, issued: null, renewed: null, userId }
  const outages = switches === undefined || switches.outages.length === 0 ? NO_OUTAGES : new Set(switches.outages)
  const sms = new SmsCodes(system.sms ?? NO_SMS, { source: switches?.smsSource ?? 'fixed', operatorFails: outages.has('smsOperator') }, tx, turn.now)
  const handler = system.operations[operation]
  if (handler === undefined) throw new Error(`${system.id} does not implement ${operation}`)
  const { session, user } = caller.kind === 'known' ? caller : NO_CALLER
  const work = { input, headers, session, user, tx, sessions, sms, now: turn.now, ids, settings: arrival.settings, client: clientOf(arrival.call), outages, aside: asideFrom(asides), fail: failWith }
  try {
    // The contract's validators have just proved the input to be what the handler's generated type says.
    const result = await callErased(handler, work)
    return { result, issued: sessions.issued, renewed: sessions.renewed, userId: sessions.issued?.userId ?? userId }
  } catch (error) {
    throw withoutStack(() => new RolledBack(userId, error))
  }
}

/** @returns what an operation asks with in one run; what was asked for in an earlier one is there */
function asideFrom(done: readonly unknown[]): <T>(work: () => Promise<T>) => Promise<T> {
  let asked = 0
  return async <T>(work: () => Promise<T>) => {
    const place = asked++
    if (place >= done.length) throw new Pending(work)
    return done[place] as T // what this very call returned in an earlier run
  }
}
