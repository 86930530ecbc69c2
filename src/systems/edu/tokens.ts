/** What clients are told of their tokens. */
import type { SessionRecord } from '../../core/sessions.js'
import type { Schemas } from '../../generated/edu/contract.js'

type AccessInfo = Pick<Schemas['LoginInfo'], 'access_token' | 'access_token_expire'>
type RefreshInfo = Pick<Schemas['LoginInfo'], 'refresh_token' | 'refresh_token_expire'>

/** @returns the access token and the milliseconds that it has left */
export function accessInfo({ accessToken, accessExpiresAt }: SessionRecord, now: number): AccessInfo {
  return { access_token: accessToken, access_token_expire: millisecondsLeft(accessExpiresAt, now) }
}

/** @returns the refresh token and the milliseconds that it has left */
export function refreshInfo({ id, refreshToken, refreshExpiresAt }: SessionRecord, now: number): RefreshInfo {
  if (refreshToken === null) throw new Error(`session ${id} has no refresh token`)
  return { refresh_token: refreshToken, refresh_token_expire: millisecondsLeft(refreshExpiresAt, now) }
}

/** @returns how long a token has left; one without an end, which only a fixture can have, has the largest whole number */
export function millisecondsLeft(expiresAt: number | null, now: number): number {
  return expiresAt === null ? Number.MAX_SAFE_INTEGER : expiresAt - now
}
