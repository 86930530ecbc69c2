/** What a user is called. */
import type { Schemas } from '../../api.js'

export type User = Schemas['User']

/** @returns all names of the user that are filled in, the first one first */
export function namesOf({ names }: User): readonly string[] {
  return [...new Set(Object.values(names).filter((name) => name !== null && name !== '').map((name) => isolated(String(name))))]
}

const FROM_THE_RIGHT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF]/

/** @returns the text; one that is written from right to left is kept from turning round what stands beside it */
function isolated(text: string): string {
  return FROM_THE_RIGHT.test(text) ? `\u2068${text}\u2069` : text
}

/** @returns the name by which the user is best known */
export function nameOf(user: User): string {
  return namesOf(user)[0] ?? user.id
}

/** @returns what identifies a user among all systems */
export function keyOf({ system, realm, id }: Pick<User, 'system' | 'realm' | 'id'>): string {
  return `${system}/${realm}/${id}`
}
