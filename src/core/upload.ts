/** A file as a multipart body carries it. */
export interface UploadedFile {
  /** The name that the client gave it, or an empty text. */
  readonly name: string
  readonly mediaType: string
  readonly bytes: Uint8Array
}
