/**
 * Files: their bytes are kept apart from records, once for each content. A record names them by hash and size; in fixtures, and wherever
 * else records come in, base64 under `bytes` may stand in the place of both.
 */
import { createHash } from 'node:crypto'
import { isObject } from '../plain/json.js'
import { fromBase64 } from '../plain/pages.js'
import type { AnyCollection, FileName } from './store/types.js'

/** Bytes by their hash. */
export type Files = ReadonlyMap<string, Uint8Array>

export const NO_FILES: Files = new Map()

/** @returns the name of a file with these bytes */
export function nameFile(bytes: Uint8Array): FileName {
  return { hash: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }
}

/** @returns the hash of the file that a record of this collection names; undefined where it names none */
export function fileOf(definition: AnyCollection | undefined, record: object): string | undefined {
  if (definition?.namesFiles !== true || !('hash' in record)) return undefined
  return typeof record.hash === 'string' ? record.hash : undefined
}

/**
 * Takes the bytes out of a record that brings them along.
 * @param add keeps them
 * @returns the record, naming its file; as it was where it brings no bytes, or none that are base64, which its schema then complains of
 */
export function takeFile(definition: AnyCollection | undefined, record: unknown, add: (bytes: Uint8Array) => FileName): unknown {
  if (definition?.namesFiles !== true || !isObject(record)) return record
  const { bytes: text, ...rest } = record
  if (typeof text !== 'string') return record
  const bytes = fromBase64(text)
  return bytes === null ? record : { ...rest, ...add(bytes) }
}

/**
 * The same for all records of a fixture.
 * @param content maps collections to lists of records; anything else is handed back as it is
 */
export function takeFiles(state: Readonly<Record<string, AnyCollection>>, content: unknown, add: (bytes: Uint8Array) => FileName): unknown {
  if (!isObject(content)) return content
  return Object.fromEntries(Object.entries(content).map(([collection, records]) => {
    const definition = Object.hasOwn(state, collection) ? state[collection] : undefined
    return [collection, definition?.namesFiles === true && Array.isArray(records) ? records.map((record) => takeFile(definition, record, add)) : records]
  }))
}

/** Files that are being gathered. */
export class FileBag {
  readonly files = new Map<string, Uint8Array>()

  readonly add = (bytes: Uint8Array): FileName => {
    const name = nameFile(bytes)
    this.files.set(name.hash, bytes)
    return name
  }
}
