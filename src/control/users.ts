/** Users as every system has them: a record that the directory of the system says how to find. */
import { isDeepStrictEqual } from 'node:util'
import type { Doc } from '../core/store/types.js'
import type { System } from '../core/system.js'
import { type AnyTransaction, openSandbox, systemOf, systemsOf, transact } from './access.js'
import type { ControlHandlers, Task } from './task.js'
import { listOf, quote, refusal } from '../core/surface/refusal.js'

export const users: ControlHandlers<'banUser' | 'unbanUser'> = {
  banUser: (call) => setBan(call, true),
  unbanUser: (call) => setBan(call, false),
}

/** A user of a system, with what sessions are filed under. */
export interface Person {
  readonly id: string
  readonly realm: string
  readonly record: Doc
}

/**
 * @param name the user's id, or a phone or name that people know him by
 * @param realm the user type, where several have a user of that name
 * @returns the one user who is meant
 * @throws Refusal when there is none or more than one
 */
export async function findUser(tx: AnyTransaction, system: System, name: string, realm: string | undefined): Promise<Person> {
  const found = await findUsers(tx, system, name, realm)
  const [only, another] = found
  if (only === undefined) {
    const names = system.users.names.join(', ')
    throw refusal(404, 'no-such-user', `${system.id} has no user ${quote(name)}${realm === undefined ? '' : ` in the realm ${quote(realm)}`}. Give the id or one of these fields of the user: ${names}. GET …/users lists them all.`)
  }
  if (another === undefined) return only
  const known = found.map(({ id, realm: of }) => (of === '' ? id : `${id} (realm ${of})`))
  throw refusal(409, 'ambiguous-user', `Several users of ${system.id} are called ${quote(name)}: ${listOf(known)}. Say which by "realm" or by the id.`, { known })
}

/** @returns all users who may be meant; an id goes before names */
export async function findUsers(tx: AnyTransaction, system: System, name: string, realm: string | undefined): Promise<readonly Person[]> {
  const { collection, names } = system.users
  const fits = (person: Person) => realm === undefined || person.realm === realm
  const byId = await tx.get(collection, system.users.key(name))
  if (byId !== undefined) {
    const person = personOf(system, byId)
    if (person.id === name && fits(person)) return [person]
  }
  const records = await tx.list(collection, (record) => names.some((field) => String(record[field]) === name))
  return records.map((record) => personOf(system, record)).filter(fits)
}

/** @returns the record as a user */
export function personOf(system: System, record: Doc): Person {
  const { collection, realm } = system.users
  const keyField = system.state[collection]?.key ?? ''
  return { id: String(record[keyField]), realm: realm === null ? '' : String(record[realm]), record }
}

/** Bans a user or lifts the ban, in the way that the system's records say so. */
async function setBan({ input, parts }: Task<'banUser' | 'unbanUser'>, banned: boolean) {
  const system = systemOf(parts, input.system)
  const { users: directory } = system
  const { ban } = directory
  if (ban === null) {
    const others = systemsOf(parts, undefined).filter(({ users: { ban: way } }) => way !== null).map(({ id }) => id)
    throw refusal(422, 'not-available', `${system.id} knows no bans; ${others.length === 0 ? 'no system here does' : `those that do: ${listOf(others)}`}.`)
  }
  return transact(openSandbox(parts, input.sandbox), system, async (tx) => {
    const { id } = await findUser(tx, system, input.user, input.realm)
    const record = await tx.update(directory.collection, directory.key(id), { [ban.field]: banned ? ban.banned : ban.free })
    return showUser(system, personOf(system, record))
  })
}

/** @returns the user as the control plane shows one */
export function showUser(system: System, { id, realm, record }: Person) {
  const { names, ban } = system.users
  return {
    system: system.id,
    id,
    realm,
    names: Object.fromEntries(names.map((field) => [field, textOf(record[field])])),
    roles: [...(system.users.roles?.(record) ?? [])],
    banned: ban !== null && isDeepStrictEqual(record[ban.field], ban.banned),
  }
}

function textOf(value: unknown): string | number | null {
  if (value === null || value === undefined) return null
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value)
}
