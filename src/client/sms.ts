/** The SMS inbox of a sandbox. */
import type { SystemName } from './contracts.js'
import { type SmsMessage, type SmsSetting, take, type Target } from './control.js'

export interface SmsFilter {
  readonly system?: SystemName
  readonly phone?: string
  /** So many of the latest at the most; all when left out. */
  readonly limit?: number
}

/** What was "sent", where codes come from, and whether the operator is up. */
export class BoxSms {
  readonly #target: Target

  constructor(target: Target) {
    this.#target = target
  }

  /** @returns the newest message of each key, latest first; earlier codes are in it */
  async list(filter: SmsFilter = {}): Promise<SmsMessage[]> {
    const { control, path } = this.#target
    return (await take(control.GET('/sandboxes/{sandbox}/sms', { params: { path, query: filter } }))).messages
  }

  /**
   * @returns the newest message to a phone
   * @throws Error when there is none; ask {@link list} to see that nothing was sent
   */
  async latest(phone: string, { system }: Pick<SmsFilter, 'system'> = {}): Promise<SmsMessage> {
    const inbox = await this.list(system === undefined ? {} : { system })
    const latest = inbox.find((message) => message.phone === phone)
    if (latest !== undefined) return latest
    const others = new Set(inbox.map((message) => message.phone))
    throw new Error(`no SMS went to ${phone}; ${others.size === 0 ? 'the inbox is empty' : `the inbox holds some to ${[...others].join(', ')}`}`)
  }

  /**
   * @param source `fixed`: always 123456; `sequence`: 100001, 100002, …
   * @param system all that can when left out
   */
  source(source: SmsSetting['source'], system?: SystemName): Promise<SmsSetting[]> {
    return this.#change({ source, ...(system === undefined ? {} : { system }) })
  }

  /** @param operator `down`: nothing can be sent, and each system says so in its own way */
  operator(operator: SmsSetting['operator'], system?: SystemName): Promise<SmsSetting[]> {
    return this.#change({ operator, ...(system === undefined ? {} : { system }) })
  }

  /** @returns the settings of each system that sends SMS */
  async settings(): Promise<SmsSetting[]> {
    const { control, path } = this.#target
    return (await take(control.GET('/sandboxes/{sandbox}/sms/settings', { params: { path } }))).sms
  }

  async #change(body: Partial<SmsSetting>): Promise<SmsSetting[]> {
    const { control, path } = this.#target
    return (await take(control.PATCH('/sandboxes/{sandbox}/sms/settings', { params: { path }, body }))).sms
  }
}
