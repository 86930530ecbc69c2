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
