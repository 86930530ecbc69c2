/** What is wrong with a call, in the words of whoever made it. */
import { expect, test } from 'vitest'
import { checking, createAjv } from '../../src/core/schemas.js'
import { complaintsOf, linesOf } from '../../src/core/violations.js'

test.each(['additionalProperties', 'unevaluatedProperties'])('a field that a schema does not know is named, whether it says so by %s or the other way', (keyword) => {
  const validate = createAjv({ openapi: '3.1.0', paths: { [keyword]: {} } }, { allErrors: true }).compile({ type: 'object', properties: { at: { type: 'object', properties: { known: {} }, [keyword]: false } } })
  expect(validate({ at: { known: 1, new: 2 } })).toBe(false)
  expect(complaintsOf(validate.errors ?? [])).toEqual([{ field: 'at.new', message: 'is not known here' }])
})

test.each([
  [{ minLength: 1 }, '', 'must not be empty'],
  [{ minLength: 3 }, 'ab', 'must have 3 characters at the least'],
  [{ maxLength: 3 }, 'abcd', 'must have 3 characters at the most'],
  [{ format: 'date-time' }, 'tomorrow', 'must be a moment in ISO 8601 with a zone, such as 2026-01-31T08:30:00Z'],
  [{ format: 'email' }, 'nobody', 'must be a email'],
  [{ pattern: '^\\d{0,15}$' }, 'x', 'must be digits, 15 at the most'],
])('a text that breaks %j is told what it has to be', (rule, text, message) => {
  const validate = createAjv({ openapi: '3.1.0' }, { allErrors: true }).compile({ type: 'string', ...rule })
  expect(validate(text)).toBe(false)
  expect(complaintsOf(validate.errors ?? [])).toEqual([{ field: null, message }])
})

test('what is wrong with a whole value is a line without a place, unless the whole has a name', () => {
  const validate = createAjv({ openapi: '3.1.0' }, {}).compile({ type: 'object' })
  expect(validate('text')).toBe(false)
  expect([linesOf(validate.errors ?? []), linesOf(validate.errors ?? [], 'the body')]).toEqual([['must be object {"type":"object"}'], ['the body must be object {"type":"object"}']])
})

test('a schema may refer to a part of another one', () => {
  const document = { openapi: '3.1.0', components: { schemas: { Person: { type: 'object', properties: { age: { type: 'integer' } } } } } }
  const validate = createAjv(document, {}).compile(checking({ $ref: '#/components/schemas/Person/properties/age' }))
  expect([validate(7), validate({})]).toEqual([true, false])
})
