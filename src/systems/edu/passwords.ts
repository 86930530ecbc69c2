/** Passwords travel as plain text or as its SHA-256; only the hash is kept (QUIRKS.md #13). */
import { createHash } from 'node:crypto'

const HASH = /^[0-9a-f]{64}$/i

/** @returns the form in which a password is kept and compared: upper-case SHA-256 of the plain text */
export function hashOf(password: string): string {
  const hash = HASH.test(password) ? password : createHash('sha256').update(password).digest('hex')
  return hash.toUpperCase()
}
