/**
 * A call as the stage takes it, whoever brings it: Node's HTTP server, a `Request` of fetch, a test. A host makes one of what it has;
 * nothing behind it knows which host that was.
 */
import type { UploadedFile } from '../upload.js'

/**
 * Request headers: names in lower case, values as they came, several of one name joined by `, ` where they are not a list. Those that
 * are named here are never lists. What Node calls `IncomingHttpHeaders` fits; of `Headers`, `Object.fromEntries` does.
 */
export interface CallHeaders {
  readonly [name: string]: string | readonly string[] | undefined
  readonly accept?: string | undefined
  readonly authorization?: string | undefined
  readonly 'access-control-request-headers'?: string | undefined
  readonly 'access-control-request-method'?: string | undefined
  readonly 'content-length'?: string | undefined
  readonly 'content-type'?: string | undefined
  readonly cookie?: string | undefined
  readonly host?: string | undefined
  readonly 'if-none-match'?: string | undefined
  readonly origin?: string | undefined
  readonly range?: string | undefined
}

/** Why a body could not be read: it is larger than allowed, it ended before its end, or there was no room for it beside others, and why that is so. */
export type BodyFailure = { readonly kind: 'tooLarge' } | { readonly kind: 'brokenOff' } | { readonly kind: 'noRoom'; readonly why: string }

/** A body as bytes. */
export type ReadBytes = { readonly kind: 'bytes'; readonly bytes: Uint8Array } | BodyFailure

/** The parts of a multipart body by name: texts and files. */
export type Parts = Readonly<Record<string, string | UploadedFile>>

/** A multipart body in its parts; `notMultipart` where its content type does not say how it is to be taken apart. */
export type ReadParts = { readonly kind: 'parts'; readonly parts: Parts } | { readonly kind: 'notMultipart' } | BodyFailure

/** The body of a call. It is read once or not at all: as bytes, as parts, or as bytes and then as the parts that they are. */
export interface BodySource {
  /** Whether the call has a body, as far as its headers tell. */
  readonly isPresent: boolean
  /**
   * @param limit so many bytes are handed over at the most. What is left of a larger body is the host's affair
   */
  bytes(limit: number): Promise<ReadBytes>
  /** @param fileLimit so many bytes one file may have; what stands beside the files is bounded by the host */
  parts(fileLimit: number): Promise<ReadParts>
}

/** What of a call tells whom it is for. */
export interface Asked {
  /** In capitals, as it came. */
  readonly method: string
  /** Path and query as they came, not decoded: `/<system>/channels?page=1`. */
  readonly url: string
  readonly headers: CallHeaders
}

/** One call on its way to the stage. */
export interface Call extends Asked {
  readonly body: BodySource
  /** Aborted when the caller does not wait any more. Made when it is first asked for, so ask only where there is something to wait for. */
  readonly signal: AbortSignal
  /**
   * The same for whoever waits for one thing only: a signal costs more than all else that is made for a call.
   * @param tell called when the caller does not wait any more; at once where he does not now
   * @returns ends that
   */
  whenGone(tell: () => void): () => void
  /** The address that the call came from; null when it came from within this process. */
  readonly remoteAddress: string | null
  /** Whether it came over https. */
  readonly isEncrypted: boolean
}
