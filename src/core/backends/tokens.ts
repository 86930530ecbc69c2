/** Whose tokens a call carries. Those that the stub has issued are no business of a real backend. */
import type { CoreRecords } from '../sandbox-state.js'
import type { SessionRecord } from '../sessions.js'
import type { Store, Transaction } from '../store/types.js'
import { mask } from '../secrets.js'
import type { Pace } from '../slices.js'
import type { System } from '../system.js'
import type { IssuedTokens } from './issued.js'

type Tx = Pick<Transaction<CoreRecords>, 'find' | 'list'>

/** What the sandbox knows of the tokens in a call. */
export interface KnownTokens {
  /** The session of the caller; null where it is not known here. */
  readonly session: SessionRecord | null
  /** Tokens of the stub, and those by which the real backend knows the same session. */
  readonly swaps: ReadonlyMap<string, string>
  /** Whether there is one that only the stub knows, or another backend. */
  readonly hasForeign: boolean
  /** The session of the first of these; null where it is long forgotten. */
  readonly foreign: SessionRecord | null
}

/** At so many places of a call is looked for tokens that stand amid other letters and digits. */
const MOST_PLACES = 256 * 1024
/** So many of these are looked at before others may come between. */
const PLACES = 256

/**
 * Looks for tokens everywhere in a call: in its URL, its headers and its body, whatever they are called there.
 * @param shown what the dialect takes for the caller's token
 * @param texts all that would go out, in all forms that it may have there
 * @param issued whose tokens are whose, those of forgotten sessions among them
 * @param backend the URL of the backend that would get them
 * @param pace of all who work in the same server: a long text has very many places
 */
export async function knownTokens(system: System, store: Pick<Store<CoreRecords>, 'transact'>, shown: readonly string[], texts: readonly string[], issued: Pick<IssuedTokens, 'isForeign' | 'shortest'>, backend: string, pace: Pace): Promise<KnownTokens> {
  const lengths = lengthsOf(system)
  const shortest = shortestToken(system, issued)
  const runs = [...new Set(texts.filter((text) => text.length >= shortest).flatMap((text) => text.match(RUN) ?? []))]
  const least = Math.min(...lengths)
  const words = new Set([...shown, ...runs.filter((run) => lengths.includes(run.length) || issued.isForeign(run, backend))])
  const long = runs.filter((run) => run.length > least)
  // Most calls that carry none are not worth a look into the store.
  if (words.size === 0 && long.length === 0) return NO_TOKENS
  if (long.length > 0) {
    const own = new Set((await store.transact((tx) => tx.list('sessions'))).value.flatMap(tokensOf))
    await pace.inSlices(lookAmid(long, lengths, (part) => {
      if (own.has(part) || issued.isForeign(part, backend)) words.add(part)
    }))
  }
  return (await store.transact((tx) => lookUp(tx, shown, words, issued, backend))).value
}

/** @returns how many characters there are at least in a token that may be found in a call to the system */
export function shortestToken(system: System, { shortest }: Pick<IssuedTokens, 'shortest'>): number {
  return Math.min(shortest, ...lengthsOf(system))
}

export const NO_TOKENS: KnownTokens = { session: null, swaps: new Map(), hasForeign: false, foreign: null }

/** Every token that the stub draws is made of letters and digits, as many as its policy says. */
const RUN = /[A-Za-z0-9]+/g

function* lookAmid(runs: readonly string[], lengths: readonly number[], look: (part: string) => void): Generator<void, void> {
  let places = 0
  for (const run of runs) {
    for (const length of new Set(lengths)) {
      for (let at = 0; at + length <= run.length && places < MOST_PLACES; at++, places++) {
        look(run.slice(at, at + length))
        if (places % PLACES === 0) yield
      }
    }
  }
}

function tokensOf({ accessToken, refreshToken, previousAccess }: SessionRecord): readonly string[] {
  return [accessToken, refreshToken, previousAccess?.token].filter((token) => typeof token === 'string')
}

async function lookUp(tx: Tx, shown: readonly string[], words: ReadonlySet<string>, issued: Pick<IssuedTokens, 'isForeign'>, backend: string): Promise<KnownTokens> {
  const swaps = new Map<string, string>()
  let hasForeign = false
  let foreign: SessionRecord | null = null
  for (const token of words) {
    const found = await sessionOf(tx, token)
    if (found === undefined) {
      hasForeign ||= issued.isForeign(token, backend)
      continue
    }
    const known = realOf(found, token, backend)
    if (known === null) {
      hasForeign = true
      foreign ??= found
    } else if (known !== token) swaps.set(token, known)
  }
  let session: SessionRecord | null = null
  for (const token of shown) session ??= (await tx.find('sessions', { accessToken: token })) ?? null
  return { session, swaps, hasForeign, foreign }
}

/** @returns the text with the stub's tokens replaced by the real backend's */
export function swapped(text: string, swaps: KnownTokens['swaps']): string {
  let result = text
  for (const [token, real] of swaps) result = result.replaceAll(token, real)
  return result
}

/** @returns whether one of the stub's tokens is left in texts in which they have been replaced: it stands there in a form in which it is not found */
export function isLeft(texts: readonly string[], swaps: KnownTokens['swaps']): boolean {
  return [...swaps.keys()].some((token) => texts.some((text) => text.includes(token)))
}

function lengthsOf({ sessions: { access, refresh } }: System): readonly number[] {
  return [access.length, refresh?.length ?? access.length]
}

/** @returns the text without what may be a token of the system, whatever it is called there */
export function maskTokens(system: System, text: string): string {
  const lengths = lengthsOf(system)
  return text.replace(RUN, (word) => (lengths.includes(word.length) ? mask(word) : word))
}

async function sessionOf(tx: Tx, token: string): Promise<SessionRecord | undefined> {
  return (await tx.find('sessions', { accessToken: token })) ?? (await tx.find('sessions', { refreshToken: token })) ?? (await tx.find('sessions', { 'previousAccess.token': token }))
}

/** What the backend with this URL calls this token; null where it never heard of it. The access token before the last one was replaced at both. */
function realOf({ real, refreshToken }: SessionRecord, token: string, backend: string): string | null {
  if (real?.backend !== backend) return null
  return token === refreshToken ? real.refresh : real.access
}
