/** What is said of an answer that departs, whatever a backend calls its fields and however much it sends. */
import { describe, expect, test } from 'vitest'
import { readReply } from '../../src/core/backends/read.js'
import { createAjv } from '../../src/core/schemas.js'
import { withoutAlternatives } from '../../src/core/drift/alternatives.js'
import { differencesOf } from '../../src/core/drift/compare.js'
import { placeTold } from '../../src/core/drift/finding.js'
import { firstValues } from '../../src/core/drift/first-values.js'
import { live } from '../../src/systems/live/index.js'

describe('a place', () => {
  const placeOf = (steps: number) => Array.from({ length: steps }, (_, i) => `/a-field-with-a-name-${String(i)}`).join('')

  test('is told as it is while it is short, and of a deep one the first fifteen steps', () => {
    expect([placeTold(''), placeTold('/data/list/*/id'), placeTold(placeOf(15))]).toEqual(['', '/data/list/*/id', placeOf(15)])
    expect([placeTold(placeOf(16)), placeTold(placeOf(40))]).toEqual([`${placeOf(15)}/…`, `${placeOf(15)}/…`])
  })

  test('is told without a step that is longer than any name', () => {
    const name = 'x'.repeat(200)
    expect(placeTold(`/data/${name}/id`)).toBe(`/data/${name}/id`)
    expect(placeTold(`/data/${name}x/id`)).toBe('/data/…/id')
  })
})

test('an answer of 256 KiB is looked at throughout, and a longer one is not', () => {
  const bytesOf = (length: number) => Buffer.from('{"code":2000}'.padEnd(length))
  const read = (length: number) => readReply(live.contract, 'liveListChannels', 200, bytesOf(length))
  expect([read(13), read(256 * 1024), read(256 * 1024 + 1)].map(({ isLong, error }) => [isLong, error])).toEqual([[false, null], [false, null], [true, null]])
})

describe('of an answer the first values are looked at,', () => {
  const fields = (count: number): Readonly<Record<string, unknown>> => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${String(i)}`, 'text']))
  const kept = (whole: unknown) => {
    const { value, cut } = firstValues(whole, live.contract)
    return { value, cut: [...cut] }
  }

  test('which are five thousand with the objects that hold them', () => {
    for (const whole of [fields(4999), { data: fields(4998) }]) expect(kept(whole)).toEqual({ value: whole, cut: [] })
    expect(kept(fields(5000))).toEqual({ value: fields(4999), cut: [''] })
    expect(kept({ data: fields(6000) })).toEqual({ value: { data: fields(4998) }, cut: ['/data'] })
  })

  test('and its code, wherever that stands', () => {
    expect(kept({ ...fields(6000), code: 2000 })).toEqual({ value: { ...fields(4999), code: 2000 }, cut: [''] })
  })
})

test('a text that is another at the backend is shown, but not a long one', () => {
  const found = (here: unknown, there: unknown) => {
    const reply = (title: unknown) => ({ status: 200, json: { code: 2000, title }, error: null, isLong: false })
    return differencesOf(live.contract, { operation: 'liveListChannels', stub: reply(here), real: reply(there), sent: {}, isSameData: true }).map(({ message }) => message)
  }
  const longest = 'x'.repeat(200)
  expect(found('A', longest)).toEqual([`/title is "A" at the stub, "${longest}" at the backend`])
  expect(found(`${longest}x`, 'A')).toEqual(['/title is a text of 201 characters at the stub, "A" at the backend'])
  expect([found(7, 8), found(true, false)]).toEqual([['/title is 7 at the stub, 8 at the backend'], ['/title is true at the stub, false at the backend']])
})

test('a value that is several things where it may be only one of them is told of', () => {
  const validate = createAjv({ openapi: '3.1.0' }, { allErrors: true }).compile({ oneOf: [{ type: 'object' }, { type: 'object', properties: { age: { type: 'integer' } } }] })
  expect(validate({})).toBe(false)
  expect(withoutAlternatives(validate.errors ?? []).map(({ keyword }) => keyword)).toEqual(['oneOf'])
})
