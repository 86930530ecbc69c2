/** What is wrong with a call, in the words of whoever made it. */
import { expect, test } from 'vitest'
import { createAjv } from '../../src/core/schemas.js'
import { complaintsOf } from '../../src/core/violations.js'

test.each(['additionalProperties', 'unevaluatedProperties'])('a field that a schema does not know is named, whether it says so by %s or the other way', (keyword) => {
  const validate = createAjv({ openapi: '3.1.0', paths: { [keyword]: {} } }, { allErrors: true }).compile({ type: 'object', properties: { at: { type: 'object', properties: { known: {} }, [keyword]: false } } })
  expect(validate({ at: { known: 1, new: 2 } })).toBe(false)
  expect(complaintsOf(validate.errors ?? [])).toEqual([{ field: 'at.new', message: 'is not known here' }])
})
