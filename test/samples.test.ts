/** Examples that are made from schemas. */
import { expect, test } from 'vitest'
import { withSamples } from '../scripts/generate/samples.js'
import type { JsonObject } from '../scripts/generate/json.js'

const fields: JsonObject = { id: { type: 'integer', examples: [2] }, mobile: { type: ['string', 'null'], examples: [null] }, sex: { enum: [null, 0, 1] }, done: { default: false } }

/** @returns the examples of the success of an operation whose schema requires these */
function examplesOf(properties: JsonObject): unknown {
  const schema = { type: 'object', required: Object.keys(properties), properties }
  const { paths } = withSamples({ paths: { '/me': { get: { responses: { 200: { content: { 'application/json': { schema } } } } } } } })
  return paths
}

const success = (media: object) => ({ '/me': { get: { responses: { 200: { content: { 'application/json': media } } } } } })

test('a success without an example gets one from its schema; null, false and 0 are values like any other', () => {
  expect(examplesOf(fields)).toMatchObject(success({ examples: { sample: { value: { id: 2, mobile: null, sex: null, done: false } } } }))
})

test('but not where a required field has none', () => {
  expect(examplesOf({ ...fields, city: { type: 'string' } })).not.toMatchObject(success({ examples: {} }))
})
