/**
 * SMS codes. Nothing is sent: a code is put on record, and the control plane shows it. One service for all systems;
 * validity, interval and use are data of each system.
 */
import { Failure } from './failure.js'
import type { CollectionDefinition, Transaction } from './store/types.js'

export interface SmsPolicy {
  /** Milliseconds that a code is good for; null: for ever. */
  readonly validity: number | null
  /** Milliseconds between two codes of one key; 0: no limit. */
  readonly interval: number
  /** Whether a code is gone after its first use. */
  readonly singleUse: boolean
  /** Phone numbers whose operator always refuses. */
  readonly refusedNumbers: readonly string[]
  /** Codes are always the fixed one, whatever the sandbox's source of codes. */
  readonly alwaysFixed?: true
}

/** A record of the collection `smsCodes`, which every system has: the newest code of a key. */
export interface SmsCodeRecord {
  /** What the code and the interval belong to: a phone, or a user type and a phone. */
  readonly key: string
  readonly phone: string
  readonly code: string
  readonly sentAt: number
  /** Milliseconds since 1970; null: never. */
  readonly expiresAt: number | null
  readonly used: boolean
  /** Codes of the same key before this one, newest first. */
  readonly earlier: readonly EarlierCode[]
}

/** A code after which another was sent. */
interface EarlierCode {
  readonly code: string
  readonly sentAt: number
  readonly used?: boolean
}

export interface SmsRecords {
  readonly smsCodes: SmsCodeRecord
}

export const smsCollection: CollectionDefinition<SmsCodeRecord> = { key: 'key', index: [['phone']] }

/** What the sandbox says about SMS at the time of the request. */
export interface SmsSetting {
  /** `fixed`: always 123456. `sequence`: 100001, 100002, … in each system. */
  readonly source: 'fixed' | 'sequence'
  readonly operatorFails: boolean
}

export const FIXED_CODE = '123456'
const FIRST_OF_SEQUENCE = 100_001
/** With the newest one, ten codes of a key are known. */
const EARLIER_KEPT = 9

/** The SMS codes of one system as one request sees and changes them. */
export class SmsCodes {
  readonly #policy: SmsPolicy
  readonly #setting: SmsSetting
  readonly #tx: Transaction<SmsRecords>
  readonly #now: number

  constructor(policy: SmsPolicy, setting: SmsSetting, tx: Transaction<SmsRecords>, now: number) {
    this.#policy = policy
    this.#setting = setting
    this.#tx = tx
    this.#now = now
  }

  /**
   * Puts a new code on record.
   * @param interval milliseconds that the key has to wait; those of the policy when left out
   * @throws Failure `smsTooFrequent` or `smsSendFailed` when it is not "sent"
   */
  async send(phone: string, key = phone, interval = this.#policy.interval): Promise<void> {
    const last = await this.#tx.get('smsCodes', key)
    if (last !== undefined && this.#now < last.sentAt + interval) throw Failure.when('smsTooFrequent')
    if (this.#setting.operatorFails || this.#policy.refusedNumbers.includes(phone)) throw Failure.when('smsSendFailed')
    const { validity } = this.#policy
    await this.#tx.put('smsCodes', {
      key,
      phone,
      code: this.#isFixed ? FIXED_CODE : await this.#nextCode(),
      sentAt: this.#now,
      expiresAt: validity === null ? null : this.#now + validity,
      used: false,
      earlier: last === undefined ? [] : [last.used ? { code: last.code, sentAt: last.sentAt, used: true } : { code: last.code, sentAt: last.sentAt }, ...last.earlier.slice(0, EARLIER_KEPT - 1)],
    })
  }

  /**
   * Takes the code, where the policy says so for good. A wrong try costs nothing.
   * @param which the codes of the key that count: the newest, or each that is still known
   * @throws Failure `smsCodeInvalid` when it is none of these, used or too old
   */
  async redeem(code: string, key: string, which: 'newest' | 'each' = 'newest'): Promise<void> {
    const record = await this.#tx.get('smsCodes', key)
    if (record === undefined) throw Failure.when('smsCodeInvalid')
    const { earlier, expiresAt, used } = record
    const isNewest = !used && record.code === code && (expiresAt === null || this.#now < expiresAt)
    const at = isNewest || which === 'newest' ? -1 : earlier.findIndex((before) => this.#isGood(before, code))
    if (!isNewest && at === -1) throw Failure.when('smsCodeInvalid')
    if (!this.#policy.singleUse) return
    await this.#tx.update('smsCodes', key, isNewest ? { used: true } : { earlier: earlier.map((before, i) => (i === at ? { ...before, used: true } : before)) })
  }

  #isGood({ code, sentAt, used }: EarlierCode, sent: string): boolean {
    const { validity } = this.#policy
    return used !== true && code === sent && (validity === null || this.#now < sentAt + validity)
  }

  get #isFixed(): boolean {
    return this.#setting.source === 'fixed' || this.#policy.alwaysFixed === true
  }

  async #nextCode(): Promise<string> {
    return String(await this.#tx.next('smsCode', FIRST_OF_SEQUENCE))
  }
}
