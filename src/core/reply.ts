/** What goes back over HTTP. */

export type ReplyHeaders = Readonly<Record<string, string | readonly string[]>>

/** A whole HTTP answer. */
export interface Reply {
  readonly status: number
  readonly headers: ReplyHeaders
  readonly body: string | Uint8Array
  /** How many bytes the body has, where somebody has counted them already. */
  readonly length?: number | undefined
}

/** The payload of an operation whose success is not JSON: bytes with their media type. */
export interface RawBody {
  readonly mediaType: string
  readonly bytes: Uint8Array
  /** Offered for saving under this name when given. */
  readonly fileName?: string
}

/** What an answer with a JSON body has, when nothing is added. */
export const JSON_HEADERS: ReplyHeaders = { 'content-type': 'application/json; charset=utf-8' }

/** @returns an answer with a JSON body */
export function jsonReply(status: number, body: unknown, headers?: ReplyHeaders): Reply {
  return { status, headers: headers === undefined ? JSON_HEADERS : { ...JSON_HEADERS, ...headers }, body: JSON.stringify(body) }
}

/** @returns an answer with nothing in its body */
export function emptyReply(status: number, headers: ReplyHeaders = {}): Reply {
  return { status, headers, body: '' }
}

/** @returns an answer in plain text */
export function textReply(status: number, body: string, headers: ReplyHeaders = {}): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body }
}

/** @returns whether HTTP lets no body follow an answer with this status */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}

/** @returns the text as a header can carry it: what is not ASCII is written as its escape, and what is long is cut */
export function asHeader(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).slice(0, 500)
}
