/** The SMS inbox: what would have been sent. */
import { knownOutages } from '../core/outages.js'
import type { Sandbox, SystemSwitches } from '../core/sandbox.js'
import type { SmsCodeRecord } from '../core/sms.js'
import type { System } from '../core/system.js'
import { changeSystems, instant, instantOrNull, lookAt, openSandbox, systemsOf, transact } from './access.js'
import type { ControlParts, ControlHandlers, Task } from './task.js'
import { refusal } from '../core/surface/refusal.js'

/** The outage that stands for an SMS operator that fails. */
const OPERATOR = 'smsOperator'

export const sms: ControlHandlers<'listSms' | 'getSmsSettings' | 'setSms'> = {
  listSms: async ({ input, parts }) => {
    return (await lookAt(parts, input.sandbox)).during(async (turn) => {
      const found: { readonly system: System; readonly record: SmsCodeRecord }[] = []
      for (const system of systemsOf(parts, input.system)) {
        const records = await transact(turn, system, (tx) => {
          return input.phone === undefined ? tx.list('smsCodes') : tx.findAll('smsCodes', { phone: input.phone })
        })
        found.push(...records.map((record) => ({ system, record })))
      }
      found.sort((a, b) => b.record.sentAt - a.record.sentAt)
      return { messages: await parts.sandboxes.pace.map(found.slice(0, input.limit), ({ system, record }) => message(system, record, turn.now)), total: found.length }
    })
  },

  getSmsSettings: async ({ input, parts }) => settingsOf(parts, await lookAt(parts, input.sandbox)),

  setSms: async ({ input, parts }) => {
    const sandbox = openSandbox(parts, input.sandbox)
    const systems = systemsOf(parts, input.system)
    if (input.system !== undefined) for (const system of systems) refuseImpossible(system, input)
    await changeSystems(sandbox, systems, (switches, system) => {
      const source = input.source !== undefined && canChooseSource(system) ? input.source : switches.smsSource
      const outages = input.operator !== undefined && hasOperator(system) ? withOperator(switches, input.operator) : switches.outages
      return { ...switches, smsSource: source, outages }
    })
    return settingsOf(parts, sandbox)
  },
}

function message(system: System, { key, phone, code, sentAt, expiresAt, used, earlier }: SmsCodeRecord, now: number) {
  const isOver = expiresAt !== null && now >= expiresAt
  return {
    system: system.id,
    key,
    phone,
    code,
    state: used ? ('used' as const) : isOver ? ('expired' as const) : ('valid' as const),
    sentAt: instant(sentAt),
    expiresAt: instantOrNull(expiresAt),
    earlier: earlier.map((before) => ({ code: before.code, sentAt: instant(before.sentAt) })),
  }
}

async function settingsOf(parts: ControlParts, sandbox: Sandbox) {
  const { systems } = await sandbox.control.read()
  const rows = systemsOf(parts, undefined).filter((system) => system.sms !== null)
  return {
    sms: rows.map(({ id }) => ({
      system: id,
      source: systems[id]?.smsSource ?? ('fixed' as const),
      operator: systems[id]?.outages.includes(OPERATOR) === true ? ('down' as const) : ('up' as const),
    })),
  }
}

function refuseImpossible(system: System, { source, operator }: Task<'setSms'>['input']): void {
  if (system.sms === null) throw refusal(422, 'not-available', `${system.id} sends no SMS, so there is nothing to set.`)
  if (source === 'sequence' && !canChooseSource(system)) throw refusal(422, 'not-available', `${system.id} always sends the fixed code; its contract says so.`)
  if (operator === 'down' && !hasOperator(system)) throw refusal(422, 'not-available', `${system.id} has no answer for an SMS operator that fails.`)
}

function canChooseSource({ sms: policy }: System): boolean {
  return policy !== null && policy.alwaysFixed !== true
}

function hasOperator(system: System): boolean {
  return knownOutages(system).includes(OPERATOR)
}

function withOperator({ outages }: SystemSwitches, operator: 'up' | 'down'): readonly string[] {
  const others = outages.filter((name) => name !== OPERATOR)
  return operator === 'down' ? [...others, OPERATOR] : others
}
