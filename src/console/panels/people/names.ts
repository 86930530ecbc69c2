/** What a user is called. */
import type { Schemas } from '../../api.js'
import { isolated } from '../../format.js'

export type User = Schemas['User']

/** @returns all names of the user that are filled in, the first one first */
export function namesOf({ names }: User): readonly string[] {
  return [...new Set(Object.values(names).filter((name) => name !== null && name !== '').map((name) => isolated(String(name))))]
}

/** @returns the name by which the user is best known */
export function nameOf(user: User): string {
  return namesOf(user)[0] ?? user.id
}

/** @returns what identifies a user among all systems */
export function keyOf({ system, realm, id }: Pick<User, 'system' | 'realm' | 'id'>): string {
  return `${system}/${realm}/${id}`
}
