/**
 * Who is logged in. One service for all systems; what differs between them (token form, lifetimes, how many sessions
 * a user may have) is data.
 */
import { LAST_MOMENT } from './clock.js'
import { type Displacement, Failure } from './failure.js'
import type { Alphabet, Ids } from './ids.js'
import type { CollectionDefinition, Transaction } from './store/types.js'

export interface TokenPolicy {
  readonly alphabet: Alphabet
  readonly length: number
  /** Milliseconds from issue to death; null: never by itself. */
  readonly lifetime: number | null
}

export interface SessionPolicy {
  readonly access: TokenPolicy
  readonly refresh?: TokenPolicy
  /** `one`: a new login ends the user's other sessions. */
  readonly perUser: 'one' | 'many'
  /** So many ended sessions of a user are remembered, to tell a displaced client who displaced it; 1 when left out. */
  readonly endedKept?: number
}

/** What a client says about itself when it logs in. */
export interface Device {
  readonly label: string | null
  readonly platform: string | null
  readonly client: string | null
}

export const unknownDevice: Device = { label: null, platform: null, client: null }

export type EndReason = 'loggedOut' | 'displaced' | 'revoked'

/** A record of the collection `sessions`, which every system has. */
export interface SessionRecord {
  readonly id: string
  readonly userId: string
  /** A user type with accounts of its own, or an empty text. */
  readonly realm: string
  readonly accessToken: string
  /** Milliseconds since 1970; null: never. So are all times here. */
  readonly accessExpiresAt: number | null
  readonly refreshToken: string | null
  readonly refreshExpiresAt: number | null
  /** The access token before the last refresh, while a grace period keeps it good. */
  readonly previousAccess: { readonly token: string; readonly until: number } | null
  readonly device: Device
  readonly issuedAt: number
  readonly endedAt: number | null
  readonly endedBy: EndReason | null
  readonly displacedBy: Displacement | null
  /** The tokens by which a real backend knows this session; absent where it knows nothing of it. */
  readonly real?: RealTokens | undefined
}

/** What a real backend has issued. */
export interface RealTokens {
  /** Its URL: the tokens are worth nothing anywhere else, and go nowhere else. */
  readonly backend: string
  readonly access: string
  readonly refresh: string | null
}

/** Tokens that were not drawn here, and how many milliseconds they have left; null: for ever. */
export interface GivenTokens extends Omit<RealTokens, 'backend'> {
  readonly accessLifetime: number | null
  readonly refreshLifetime: number | null
}

export interface SessionRecords {
  readonly sessions: SessionRecord
}

export const sessionCollection: CollectionDefinition<SessionRecord> = {
  key: 'id',
  unique: [['accessToken'], ['refreshToken'], ['previousAccess.token']],
  index: [['realm', 'userId']],
}

/** What a token turned out to be. `unknown` covers logged-out and replaced tokens: nobody is told that they once were good. */
export type Found = KnownSession | { readonly state: 'unknown'; readonly session: null }

interface KnownSession {
  readonly state: 'active' | 'expired' | 'displaced'
  readonly session: SessionRecord
  /** When this very token runs out; null: never. */
  readonly expiresAt: number | null
}

const UNKNOWN: Found = { state: 'unknown', session: null }

/** @returns what was found, if the token is good; else the failure `tokenExpired`, `kickedOut` (with the client that did it) or `unauthenticated` */
export function activeOrFailure(found: Found): KnownSession | Failure {
  switch (found.state) {
    case 'active':
      return found
    case 'expired':
      return Failure.when('tokenExpired')
    case 'displaced':
      return Failure.when('kickedOut', found.session.displacedBy === null ? {} : { displacedBy: found.session.displacedBy })
    case 'unknown':
      return Failure.when('unauthenticated', { cause: 'deadCredential' })
  }
}

/**
 * @returns what was found, if the token is good
 * @throws Failure as {@link activeOrFailure} returns it
 */
export function requireActive(found: Found): KnownSession {
  const result = activeOrFailure(found)
  if (result instanceof Failure) throw result
  return result
}

const ENDED_KEPT = 1

/** The sessions of one system as one request sees and changes them. */
export class Sessions {
  readonly #policy: SessionPolicy
  readonly #tx: Transaction<SessionRecords>
  readonly #tokens: Ids
  readonly #now: number
  /** User -> what his tokens are drawn from. */
  readonly #drawn = new Map<string, Ids>()
  #issued: SessionRecord | null = null
  #renewed: SessionRecord | null = null

  /** @param tokens what session ids and tokens are drawn from, for each user apart: nobody's token is what another's would have been */
  constructor(policy: SessionPolicy, tx: Transaction<SessionRecords>, tokens: Ids, now: number) {
    this.#policy = policy
    this.#tx = tx
    this.#tokens = tokens
    this.#now = now
  }

  /**
   * Logs a user in. Where the policy allows one session, it ends the others and notes which client ended them.
   * @param login `lifetime` (ms, null: for ever) in place of the policy's for this access token; `real` the tokens that a real backend
   *   has given the client, in place of new ones
   * @returns the new session
   */
  async issue(login: { userId: string; realm?: string; device?: Device; lifetime?: number | null; real?: GivenTokens & Pick<RealTokens, 'backend'> }): Promise<SessionRecord> {
    const { userId, realm = '', device = unknownDevice } = login
    const others = await this.ofUser(userId, realm)
    if (this.#policy.perUser === 'one') {
      for (const other of others) if (other.endedAt === null) await this.#end(other, 'displaced', { ...device, at: this.#now })
    }
    await this.#forgetOldest(others)
    const { access, refresh } = this.#policy
    const draw = this.#drawFor({ userId, realm })
    const { real } = login
    const session: SessionRecord = {
      id: `s-${draw.hex(16)}`,
      userId,
      realm,
      ...(real === undefined
        ? {
            accessToken: draw.text(access.alphabet, access.length),
            accessExpiresAt: this.#after(login.lifetime === undefined ? access.lifetime : login.lifetime),
            refreshToken: refresh ? draw.text(refresh.alphabet, refresh.length) : null,
            refreshExpiresAt: refresh ? this.#after(refresh.lifetime) : null,
          }
        : {
            accessToken: real.access,
            accessExpiresAt: this.#after(real.accessLifetime),
            refreshToken: real.refresh,
            refreshExpiresAt: this.#after(real.refreshLifetime),
            real: { backend: real.backend, access: real.access, refresh: real.refresh },
          }),
      previousAccess: null,
      device,
      issuedAt: this.#now,
      endedAt: null,
      endedBy: null,
      displacedBy: null,
    }
    this.#issued = await this.#tx.insert('sessions', session)
    return this.#issued
  }

  /** The session that this request began, or null. */
  get issued(): SessionRecord | null {
    return this.#issued
  }

  /** The session whose tokens this request renewed, or null. */
  get renewed(): SessionRecord | null {
    return this.#renewed
  }

  /** @returns what the access token is worth now; where a realm is given, in that one */
  async byAccessToken(token: string, realm?: string): Promise<Found> {
    const session = await this.#tx.find('sessions', { accessToken: token })
    if (session !== undefined) return this.#judge(session, session.accessExpiresAt, realm)
    const replaced = await this.#tx.find('sessions', { 'previousAccess.token': token })
    const until = replaced?.previousAccess?.until ?? 0
    return replaced === undefined || this.#now >= until ? UNKNOWN : this.#judge(replaced, until, realm)
  }

  /** @returns what the refresh token is worth now; where a realm is given, in that one */
  async byRefreshToken(token: string, realm?: string): Promise<Found> {
    const session = await this.#tx.find('sessions', { refreshToken: token })
    return session === undefined ? UNKNOWN : this.#judge(session, session.refreshExpiresAt, realm)
  }

  /** @returns what a session that is at hand is worth now, by whichever token it was found */
  judge(session: SessionRecord): Found {
    return this.#judge(session, session.accessExpiresAt)
  }

  /** @returns all sessions of a user, ended ones included, oldest login first */
  async ofUser(userId: string, realm = ''): Promise<readonly SessionRecord[]> {
    const found = await this.#tx.findAll('sessions', { userId, realm })
    return [...found].sort((a, b) => a.issuedAt - b.issuedAt)
  }

  /**
   * Gives the session a new access token with a whole life before it.
   * @param grace so many milliseconds, but not beyond its own end, the old one lives on
   */
  async renewAccess(session: SessionRecord, grace = 0): Promise<SessionRecord> {
    const { access } = this.#policy
    const until = Math.min(session.accessExpiresAt ?? Number.POSITIVE_INFINITY, this.#now + grace)
    return this.#renew(session, {
      previousAccess: until > this.#now ? { token: session.accessToken, until } : null,
      accessToken: this.#drawFor(session).text(access.alphabet, access.length),
      accessExpiresAt: this.#after(access.lifetime),
    })
  }

  /** Gives the session a new refresh token with a whole life before it; the old one is dead. */
  async renewRefresh(session: SessionRecord): Promise<SessionRecord> {
    const { refresh } = this.#policy
    if (refresh === undefined) throw new Error('the session policy has no refresh token')
    return this.#renew(session, {
      refreshToken: this.#drawFor(session).text(refresh.alphabet, refresh.length),
      refreshExpiresAt: this.#after(refresh.lifetime),
    })
  }

  async #renew({ id }: SessionRecord, tokens: Partial<SessionRecord>): Promise<SessionRecord> {
    this.#renewed = await this.#tx.update('sessions', id, tokens)
    return this.#renewed
  }

  /** Ends a session for good; ending an ended one changes nothing. */
  async end(session: SessionRecord, reason: 'loggedOut' | 'revoked'): Promise<void> {
    if (session.endedAt === null) await this.#end(session, reason, null)
  }

  /** Ends all active sessions of a user, as a login of the client `by` would. */
  async displace(userId: string, realm: string, by: Device): Promise<readonly SessionRecord[]> {
    const active = (await this.ofUser(userId, realm)).filter((session) => session.endedAt === null)
    for (const session of active) await this.#end(session, 'displaced', { ...by, at: this.#now })
    return active
  }

  #judge(session: SessionRecord, expiresAt: number | null, realm = session.realm): Found {
    if (session.realm !== realm) return UNKNOWN
    if (session.endedBy === 'displaced') return { state: 'displaced', session, expiresAt }
    if (session.endedAt !== null) return UNKNOWN
    return { state: expiresAt !== null && this.#now >= expiresAt ? 'expired' : 'active', session, expiresAt }
  }

  async #end(session: SessionRecord, endedBy: EndReason, displacedBy: Displacement | null): Promise<void> {
    await this.#tx.update('sessions', session.id, { endedAt: this.#now, endedBy, displacedBy })
  }

  async #forgetOldest(sessions: readonly SessionRecord[]): Promise<void> {
    // Under `one` every session is an ended one by now; under `many` active ones stay however many there are.
    const ended = this.#policy.perUser === 'one' ? sessions : sessions.filter((session) => session.endedAt !== null)
    const { endedKept = ENDED_KEPT } = this.#policy
    for (const session of ended.slice(0, Math.max(0, ended.length - endedKept))) await this.#tx.delete('sessions', session.id)
  }

  #drawFor({ userId, realm }: Pick<SessionRecord, 'userId' | 'realm'>): Ids {
    const user = `${realm}/${userId}`
    let draw = this.#drawn.get(user)
    if (draw === undefined) this.#drawn.set(user, (draw = this.#tokens.of(user)))
    return draw
  }

  #after(lifetime: number | null): number | null {
    const end = Math.floor(this.#now + (lifetime ?? Number.POSITIVE_INFINITY))
    // What a real backend lets live beyond all clocks has no end.
    return end <= LAST_MOMENT ? end : null
  }
}
