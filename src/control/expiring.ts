/** What ends while a sandbox's clock goes on: tokens, SMS codes, and records whose schema says that they do. */
import type { Sandbox } from '../core/sandbox.js'
import type { SessionRecord } from '../core/sessions.js'
import type { Doc } from '../core/store/types.js'
import type { System } from '../core/system.js'
import { type AnyTransaction, systemsOf, transact } from './access.js'
import type { ControlParts } from './task.js'

/** Something that ends. */
export interface Expiry {
  readonly kind: 'accessToken' | 'refreshToken' | 'smsCode' | 'record'
  readonly system: string
  readonly id: string
  /** Device, number or name. */
  readonly label: string
  readonly user: string | null
  readonly collection: string | null
  /** Milliseconds since 1970. */
  readonly at: number
}

/** @returns what ends after the present reading of the clock and up to `until`, the earliest first */
export async function expiringUntil(parts: ControlParts, sandbox: Sandbox, until: number): Promise<readonly Expiry[]> {
  const now = sandbox.now(await sandbox.control.read())
  const found: Expiry[] = []
  for (const system of systemsOf(parts, undefined)) found.push(...(await transact(sandbox, system, (tx) => endingsOf(tx, system))))
  return found.filter(({ at }) => at > now && at <= until).sort((a, b) => a.at - b.at)
}

async function endingsOf(tx: AnyTransaction, system: System): Promise<readonly Expiry[]> {
  const sessions = await tx.list('sessions', ({ endedAt }) => endedAt === null)
  const codes = system.sms === null ? [] : await tx.list('smsCodes', ({ used }) => !used)
  const records = Object.entries(system.contract.collections).map(async ([collection, { expires }]) => {
    return expires === undefined ? [] : (await tx.list(collection)).map((record) => recordEnding(system, collection, expires, record))
  })
  return [
    ...sessions.flatMap((session) => sessionEndings(system, session)),
    ...codes.flatMap(({ key, phone, expiresAt }): Expiry[] => (expiresAt === null ? [] : [{ kind: 'smsCode', system: system.id, id: key, label: phone, user: null, collection: null, at: expiresAt }])),
    ...(await Promise.all(records)).flat(),
  ]
}

function sessionEndings({ id: system }: System, { id, userId, device, accessExpiresAt, refreshExpiresAt }: SessionRecord): readonly Expiry[] {
  const shared = { system, id, label: device.label ?? device.platform ?? '', user: userId, collection: null }
  return [
    ...(accessExpiresAt === null ? [] : [{ ...shared, kind: 'accessToken' as const, at: accessExpiresAt }]),
    ...(refreshExpiresAt === null ? [] : [{ ...shared, kind: 'refreshToken' as const, at: refreshExpiresAt }]),
  ]
}

function recordEnding(system: System, collection: string, { at, user, label }: { readonly at: string; readonly user: string; readonly label: string }, record: Doc): Expiry {
  const text = (field: string) => (typeof record[field] === 'string' || typeof record[field] === 'number' ? String(record[field]) : null)
  const key = system.state[collection]?.key ?? ''
  const end = record[at]
  return { kind: 'record', system: system.id, id: text(key) ?? '', label: text(label) ?? '', user: text(user), collection, at: typeof end === 'number' ? end : Number.NEGATIVE_INFINITY }
}
