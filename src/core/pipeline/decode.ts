/** From the bytes of a body to its fields. */
import type { BodyType } from '../contract.js'
import { Failure } from '../failure.js'
import { isObject, parseForeignJson } from '../../plain/json.js'
import { errorOf } from './answer.js'
import { parseQuery } from './query.js'
import type { Received } from './receive.js'
import type { BodyFields } from './view.js'

const NO_FIELDS: BodyFields = {}

/** It keeps nothing of one text for the next. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** @returns the fields of the body, none where there is nothing to read; or why it is none that the dialect takes */
export function decodeBody({ routed, body }: Received): BodyFields | Failure {
  const { arrival, row } = routed
  if (row.select === null && !arrival.query.decodable) {
    const failure = Failure.when('invalidRequest', { cause: 'undecodableUrl' })
    // An operation to which the contract gives no error for it takes nothing from the query.
    if (row.errors.includes(errorOf(routed, failure) ?? '')) return failure
  }
  switch (body.kind) {
    case 'none':
      return NO_FIELDS
    case 'refused':
      return body.failure
    case 'parts':
      return body.parts
    case 'bytes': {
      const { contentType, empty } = arrival.system.dialect.body
      const isEmpty = body.bytes.length === 0 && empty === 'object'
      const given = arrival.call.headers['content-type']
      if (contentType !== 'any' && given !== body.type && mediaTypeOf(given) !== body.type) {
        return contentType === 'othersAreEmpty' || isEmpty ? NO_FIELDS : Failure.when('invalidRequest', { cause: 'wrongContentType' })
      }
      return isEmpty ? NO_FIELDS : decodeBytes(body.bytes, body.type)
    }
  }
}

function mediaTypeOf(header: string | undefined): string | undefined {
  return header?.split(';', 1)[0]?.trim().toLowerCase()
}

function decodeBytes(bytes: Uint8Array, type: BodyType): BodyFields | Failure {
  try {
    const text = utf8.decode(bytes)
    if (type === 'application/x-www-form-urlencoded') {
      const form = parseQuery(text)
      return form.decodable ? form.all : unreadable()
    }
    const value = parseForeignJson(text)
    return isObject(value) ? value : unreadable()
  } catch {
    return unreadable()
  }
}

function unreadable(): Failure {
  return Failure.when('invalidRequest', { cause: 'unreadableBody' })
}
