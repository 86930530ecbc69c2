import { expect, test } from 'vitest'
import { IssuedTokens } from '../../src/core/backends/issued.js'

const REAL = 'https://staging.example/live'
const session = (token: string, real?: { backend: string; access: string; refresh: string | null }) => [{ collection: 'sessions', key: token, before: null, after: { accessToken: token, refreshToken: null, real } }]

test('of more than 50,000 tokens the oldest are forgotten, one for each that comes', () => {
  const issued = new IssuedTokens()
  for (let i = 0; i < 50_000; i++) issued.note(session(`t-${String(i)}`))
  expect([issued.isForeign('t-0', REAL), issued.isForeign('t-49999', REAL)]).toEqual([true, true])
  issued.note(session('t-0'))
  expect(issued.isForeign('t-1', REAL)).toBe(true)
  issued.note(session('one more'))
  expect([issued.isForeign('t-0', REAL), issued.isForeign('t-1', REAL), issued.isForeign('one more', REAL)]).toEqual([false, true, true])
  issued.note(session('another'))
  expect([issued.isForeign('t-1', REAL), issued.isForeign('t-2', REAL)]).toEqual([false, true])
})

test('a token that a real backend has given is none of the stub\'s', () => {
  const issued = new IssuedTokens()
  issued.note(session('theirs', { backend: REAL, access: 'theirs', refresh: null }))
  expect(issued.isForeign('theirs', REAL)).toBe(false)
  // Nor is it another backend's, until that gives the same one.
  const other = 'https://staging.example/other'
  expect(issued.isForeign('theirs', other)).toBe(true)
  issued.note(session('theirs', { backend: other, access: 'theirs', refresh: null }))
  expect([issued.isForeign('theirs', REAL), issued.isForeign('theirs', other)]).toEqual([true, false])
})

test('of tokens that are long fewer are remembered, and none that is nothing, or longer than any header', () => {
  const issued = new IssuedTokens()
  const other = 'https://staging.example/other'
  const given = (token: string) => {
    issued.note(session(token, { backend: REAL, access: token, refresh: null }))
  }
  const long = (i: number) => `${String(i).padStart(4, '0')}${'k'.repeat(100_000)}`
  given('the first of them')
  for (let i = 0; i < 200; i++) given(long(i))
  expect([issued.isForeign('the first of them', other), issued.isForeign(long(30), other), issued.isForeign(long(40), other), issued.isForeign(long(199), other)]).toEqual([false, false, true, true])
  for (const token of ['', 'k'.repeat(200_000)]) {
    given(token)
    expect(issued.isForeign(token, other)).toBe(false)
  }
  expect(issued.shortest).toBe('the first of them'.length)
})
