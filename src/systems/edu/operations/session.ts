/** Tag `session`: tokens are checked and refreshed without the header `auth`, by what the request names. */
import type { Failure } from '../../../core/failure.js'
import { type Found, requireActive, type SessionRecord } from '../../../core/sessions.js'
import type { Handlers, Work } from '../../../core/system.js'
import { accessInfo, millisecondsLeft, refreshInfo } from '../tokens.js'
import type { Edu } from '../../../generated/edu/contract.js'

export const session = {
  async eduCheckToken(work) {
    const { input, sessions, now, fail } = work
    const { userType, access_token, refresh_token } = input
    if (access_token === undefined && refresh_token === undefined) throw fail('BAD_PARAMETER')
    const answer: { access_token_expire?: number; refresh_token_expire?: number } = {}
    if (access_token !== undefined) {
      const { session, expiresAt } = requireActive(await sessions.byAccessToken(access_token, userType))
      await requireOwner(work, session)
      answer.access_token_expire = millisecondsLeft(expiresAt, now)
    }
    if (refresh_token !== undefined) {
      const session = await requireRefreshable(work, await sessions.byRefreshToken(refresh_token, userType))
      answer.refresh_token_expire = millisecondsLeft(session.refreshExpiresAt, now)
    }
    return answer
  },

  async eduRefreshAccess(work) {
    const { input, sessions, settings, now } = work
    const session = await requireRefreshable(work, await sessions.byRefreshToken(input.refresh_token, input.userType))
    return accessInfo(await sessions.renewAccess(session, Number(settings['accessTokenGraceMs'])), now)
  },

  async eduRefreshRefresh(work) {
    const { input, sessions, now } = work
    const session = await requireRefreshable(work, await sessions.byRefreshToken(input.refresh_token, input.userType))
    return refreshInfo(await sessions.renewRefresh(session), now)
  },

  async eduLogout({ session, sessions }) {
    await sessions.end(session, 'loggedOut')
    return {}
  },
} satisfies Partial<Handlers<Edu>>

interface Checking extends Pick<Work<Edu, 'eduRefreshAccess'>, 'tx'> {
  readonly fail: (error: 'UNAUTHENTICATED' | 'USER_BANNED') => Failure
}

/** A refresh token that ran out is 903, not 899: only a new login helps then (QUIRKS.md #5). */
async function requireRefreshable(work: Checking, found: Found): Promise<SessionRecord> {
  if (found.state === 'expired') throw work.fail('UNAUTHENTICATED')
  const { session } = requireActive(found)
  await requireOwner(work, session)
  return session
}

async function requireOwner({ tx, fail }: Checking, { userId }: SessionRecord): Promise<void> {
  const user = await tx.get('users', userId)
  if (user === undefined) throw fail('UNAUTHENTICATED')
  if (user.banned) throw fail('USER_BANNED')
}
