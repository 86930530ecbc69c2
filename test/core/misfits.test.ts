/** What is wrong with a record, as whoever wrote it is told. */
import { expect, test } from 'vitest'
import { misfitOf } from '../../src/core/records.js'
import { live } from '../../src/systems/live/index.js'

test('a record of a collection that nothing is known of fits nowhere, and one that lacks a field is told which', () => {
  expect(misfitOf(live, 'chanels', {})).toBe('the collection chanels has no schema')
  expect(misfitOf(live, 'channels', {})).toMatch(/^\w+ is missing$/)
})
