/** Who is logged in in a sandbox, and how to begin and end it from outside. */
import type { SystemName } from './contracts.js'
import type { When } from './db.js'
import { type Device, type IssuedSession, type Session, take, type Target, type User } from './control.js'

/** A user as people name one: by id, phone or account name; `realm` where several kinds of users share names. */
export interface UserName {
  readonly system: SystemName
  readonly user: string
  readonly realm?: string
}

export interface SessionFilter {
  readonly system?: SystemName
  readonly user?: string
  readonly state?: Session['state']
  /** Shows the tokens; `***` otherwise. */
  readonly secrets?: boolean
  /** The number of a call in the journal: who was logged in after it; 0 for the beginning. Now when left out. */
  readonly at?: number
}

/** Which users are listed. */
export interface UserFilter extends When {
  /** Words that all occur in the user's id, names, realm and roles. */
  readonly q?: string
  /** `only` those who are logged in, or those `first`; each of them has `login` then. */
  readonly loggedIn?: 'only' | 'first'
  /** So many are passed over. */
  readonly offset?: number
  /** So many at the most; a thousand when left out. */
  readonly limit?: number
}

/** Sessions and users. What a client is told afterwards is its system's own way of telling it. */
export class BoxSessions {
  readonly #target: Target

  constructor(target: Target) {
    this.#target = target
  }

  /** @returns sessions, ended ones included, the latest login first */
  async list(filter: SessionFilter = {}): Promise<Session[]> {
    const { control, path } = this.#target
    return (await take(control.GET('/sandboxes/{sandbox}/sessions', { params: { path, query: filter } }))).sessions
  }

  /**
   * Logs a user in without password or code; `device` is what the client says about itself. Where a user may have one session, the others end.
   * @returns the session with its tokens, the headers that a request of the user carries, and the sessions that ended
   */
  issue(whom: UserName & { readonly device?: Device }): Promise<IssuedSession> {
    const { control, path } = this.#target
    return take(control.POST('/sandboxes/{sandbox}/sessions', { params: { path }, body: whom }))
  }

  /**
   * Ends all sessions of a user as if the client `by` had logged in.
   * @returns the sessions that were ended
   */
  async kick(whom: UserName & { readonly by?: Device }): Promise<Session[]> {
    const { control, path } = this.#target
    return (await take(control.POST('/sandboxes/{sandbox}/sessions/kick', { params: { path }, body: whom }))).sessions
  }

  /**
   * Lets tokens run out now; the sessions go on. The access token when `token` is left out, all sessions when `session` is.
   * @returns the sessions that were changed
   */
  async expire(whom: UserName & { readonly session?: string; readonly token?: 'access' | 'refresh' | 'both' }): Promise<Session[]> {
    const { control, path } = this.#target
    return (await take(control.POST('/sandboxes/{sandbox}/sessions/expire', { params: { path }, body: { token: 'access', ...whom } }))).sessions
  }

  /**
   * Ends all sessions of a user as an administrator would: no other client is spoken of.
   * @returns the sessions that were ended
   */
  async revoke(whom: UserName): Promise<Session[]> {
    const { control, path } = this.#target
    return (await take(control.POST('/sandboxes/{sandbox}/sessions/revoke', { params: { path }, body: whom }))).sessions
  }

  /** @returns the users of one system, or of all; the first thousand that fit, unless the filter says otherwise */
  async users(system?: SystemName, filter: UserFilter = {}): Promise<User[]> {
    const { control, path } = this.#target
    return (await take(control.GET('/sandboxes/{sandbox}/users', { params: { path, query: { ...filter, ...(system === undefined ? {} : { system }) } } }))).users
  }

  /** Blocks a user. @returns the user as it is now */
  ban(whom: UserName): Promise<User> {
    const { control, path } = this.#target
    return take(control.POST('/sandboxes/{sandbox}/users/ban', { params: { path }, body: whom }))
  }

  /** Lifts a ban. @returns the user as it is now */
  unban(whom: UserName): Promise<User> {
    const { control, path } = this.#target
    return take(control.POST('/sandboxes/{sandbox}/users/unban', { params: { path }, body: whom }))
  }
}
