import { expect, test } from 'vitest'
import { IssuedTokens } from '../../src/core/backends/issued.js'

const session = (token: string, real?: { access: string; refresh: string | null }) => [{ collection: 'sessions', key: token, before: null, after: { accessToken: token, refreshToken: null, real } }]

test('of more than 50,000 tokens the oldest are forgotten, one for each that comes', () => {
  const issued = new IssuedTokens()
  for (let i = 0; i < 50_000; i++) issued.note(session(`t-${String(i)}`))
  expect([issued.has('t-0'), issued.has('t-49999')]).toEqual([true, true])
  issued.note(session('t-0'))
  expect(issued.has('t-1')).toBe(true)
  issued.note(session('one more'))
  expect([issued.has('t-0'), issued.has('t-1'), issued.has('one more')]).toEqual([false, true, true])
  issued.note(session('another'))
  expect([issued.has('t-1'), issued.has('t-2')]).toEqual([false, true])
})

test('a token that a real backend has given is none of the stub\'s', () => {
  const issued = new IssuedTokens()
  issued.note(session('theirs', { access: 'theirs', refresh: null }))
  expect(issued.has('theirs')).toBe(false)
})
