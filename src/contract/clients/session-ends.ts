/** Which codes end a login, by the error table itself: a client that overlooks one would keep a dead token for ever, so that does not compile. */
import type { conditions } from '../../generated/conditions.js'

type Conditions = typeof conditions

/** The errors of a table whose condition gives clients this advice. */
export type Advising<Errors extends object, Advice extends string> = {
  [Name in keyof Errors]: Errors[Name] extends { readonly condition: infer Condition extends keyof Conditions }
    ? Conditions[Condition]['advice'] extends Advice ? Name : never
    : never
}[keyof Errors]

/** Exactly these, with their codes; nothing at all where there are none. */
type CodesOf<Names extends PropertyKey> = [Names] extends [never] ? Readonly<Record<string, never>> : Readonly<Record<Names, number>>

/** Every error of a table after which only a new login helps (`relogin`), with its code. */
export type SessionEnds<Errors extends object> = CodesOf<Advising<Errors, 'relogin'>>

/** Every error of a table that a new access token mends (`refresh`), with its code. */
export type TokenEnds<Errors extends object> = CodesOf<Advising<Errors, 'refresh'>>

/** Whether the code of an answer is among some. */
export function isAmong(ends: Readonly<Record<string, number>>, code: unknown): boolean {
  return Object.values<unknown>(ends).includes(code)
}
