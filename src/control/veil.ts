/** What is hidden of a call: secrets, and beside them phone numbers where a real backend has its part. */
import { adoptedIn, type IssuedTokens } from '../core/backends/issued.js'
import type { SecretTexts } from '../core/backends/secret-texts.js'
import { type CallAndAnswer, secretsIn, type Veil, veilOver } from '../core/backends/veil.js'
import type { JournalEntry, KeptBody } from '../core/journal.js'
import type { Sandbox, Served } from '../core/sandbox.js'
import { hidePairs, hideParts, maskBody } from '../core/secret-pairs.js'
import { isForeignSecret, isSecret, maskDeep, maskUrl } from '../core/secrets.js'

/** The tokens that real backends have given, as far as they are known. */
export type Adopted = readonly Pick<SecretTexts, 'hide'>[]

/**
 * @param shown the calls that are to be shown; of a stream, which nobody knows yet, undefined
 * @returns those that the process has seen, and those of the sessions that the sandbox has; what comes later in this process is among them. None where no
 *   real backend has its part in what is shown: only there they are hidden, and the sessions may be many
 */
export async function adoptedOf({ served, issued }: { readonly served: ReadonlyMap<string, Served>; readonly issued: Pick<IssuedTokens, 'adopted'> }, sandbox: Sandbox, shown?: readonly Pick<JournalEntry, 'via'>[]): Promise<Adopted> {
  if (shown?.every(({ via }) => via === undefined) === true) return []
  return [issued.adopted, await sandbox.during((turn) => adoptedIn([...served.keys()].map((id) => turn.store(id))))]
}

/** How a call is shown. */
export interface EntryVeil {
  readonly text: (text: string) => string
  readonly url: (url: string) => string
  readonly body: (text: string, type: string) => string
  /** What is no text, byte by byte. */
  readonly bytes: (latin1: string, type: string) => string
  readonly value: (value: unknown, name: string) => unknown
  /** The value of a header that is shown. */
  readonly header: (text: string) => string
  /** Whether a header of this name is shown without its value. */
  readonly isHidden: (header: string) => boolean
}

const same = <T>(shown: T): T => shown
const OPEN: EntryVeil = { text: same, url: same, header: same, body: same, bytes: same, value: same, isHidden: () => false }
const OWN: EntryVeil = { text: same, url: maskUrl, header: (text) => hidePairs(text, isSecret), body: maskBody, bytes: (latin1, type) => hideParts(latin1, type, isSecret), value: maskDeep, isHidden: isSecret }

/**
 * Phone numbers of a world that is made up are for everybody to see. Where a real backend has its part, they may be somebody's.
 * @param adopted the tokens that real backends have given
 */
export function veilOf(entry: JournalEntry, secrets: boolean, adopted: Adopted): EntryVeil {
  if (secrets) return OPEN
  if (entry.via === undefined) return OWN
  return foreign(veilOver([secretsIn(exchangeOf(entry)), ...adopted]))
}

/** @returns the call as far as it may hold secrets */
export function exchangeOf({ url, requestHeaders, responseHeaders, requestBody, responseBody }: JournalEntry): CallAndAnswer {
  return { url, headers: [requestHeaders, responseHeaders], bodies: [requestBody, responseBody].flatMap((body) => (body === null ? [] : [textOf(body)])) }
}

/** @returns the URL as a list shows it */
export function showUrl({ url, via, requestHeaders }: Pick<JournalEntry, 'url' | 'via' | 'requestHeaders'>, adopted: Adopted): string {
  return via === undefined ? maskUrl(url) : veilOver([secretsIn({ url, headers: [requestHeaders], bodies: [] }), ...adopted]).text(url)
}

function foreign({ text, body, value }: Veil): EntryVeil {
  const parts = (said: string, type: string) => hideParts(said, type, isForeignSecret)
  return { text, url: text, header: text, body: (said, type) => body(parts(said, type)), bytes: parts, value, isHidden: isForeignSecret }
}

function textOf({ content, encoding }: KeptBody): string {
  return encoding === 'utf8' ? content : Buffer.from(content, encoding).toString('utf8')
}
