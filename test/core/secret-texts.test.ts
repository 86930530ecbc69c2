import { describe, expect, test } from 'vitest'
import { SecretTexts } from '../../src/core/backends/secret-texts.js'
import { TextFinder } from '../../src/core/backends/text-finder.js'
import { secretsIn } from '../../src/core/backends/veil.js'
import { mask, maskDeep } from '../../src/core/secrets.js'

/** Numbers that look drawn and are the same each time. */
function drawing(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** The same by trying everything everywhere. */
function lengthsByTrying(texts: readonly string[], text: string): readonly number[] {
  return Array.from(text, (_, at) => Math.max(0, ...texts.filter((one) => text.startsWith(one, at)).map(({ length }) => length)))
}

describe('texts are found', () => {
  test('where a search that tries them all finds them, though they begin, end and lie in one another', () => {
    const draw = drawing(7)
    const word = (most: number) => Array.from({ length: 1 + draw(most) }, () => 'abc'[draw(3)] ?? '').join('')
    for (let round = 0; round < 500; round++) {
      const texts = Array.from({ length: 1 + draw(8) }, () => word(6))
      const text = word(60)
      expect([...new TextFinder(texts).lengthsIn(text)], `${texts.join(' ')} in ${text}`).toEqual(lengthsByTrying(texts, text))
    }
  })

  test('in a long text, though most of them could stand at every place of it', () => {
    const endOf = (text: string) => [text.length, text.slice(-12)]
    const texts = Array.from({ length: 500 }, (_, i) => `${'A'.repeat(8)}${'x'.repeat(i + 1)}`)
    expect(endOf(new SecretTexts(texts).hide(`${'A'.repeat(2_000_000)}x.`))).toEqual([1_999_996, 'AAAAAAAA***.'])
    // Each place would be compared for a hundred thousand characters.
    const almost = `${'A'.repeat(100_000)}b`
    expect(endOf(new SecretTexts([almost]).hide(`${'A'.repeat(2_000_000)} ${almost}`))).toEqual([2_000_004, 'AAAAAAAA ***'])
  })

  test('the longest at each place, and then from its end on', () => {
    const secrets = new SecretTexts(['0123456789', '01234567890123', '9012345678', 'secret-one-77'])
    expect(secrets.hide('<01234567890123> 0123456789x secret-one-7 secret-one-77')).toBe('<***> ***x secret-one-7 ***')
    expect(secrets.hide(`0123456789012345678 ${Buffer.from('key=secret-one-77').toString('base64')}`)).toBe('***45678 ***=')
  })
})

test('of one call the first 500 secrets are taken, and those of its headers before those of its bodies', () => {
  const tokens = Array.from({ length: 600 }, (_, i) => `PLANTED-${String(i)}-end`)
  const secrets = secretsIn({ url: '/', headers: [{ authorization: 'Bearer header-secret-1' }], bodies: [JSON.stringify({ token: tokens })] })
  expect(secrets.hide(`header-secret-1 ${tokens[498] ?? ''} ${tokens[499] ?? ''}`)).toBe('*** *** PLANTED-499-end')
  const long = secretsIn({ url: '/', headers: [{ cookie: 'a=cookie-secret-1' }], bodies: [JSON.stringify({ token: ['x1'.repeat(40_000), 'short-secret-1'] })] })
  expect(long.hide('cookie-secret-1 short-secret-1')).toBe('*** ***')
})

test('of one call secrets of 64 KiB in all are taken', () => {
  const taken = (characters: number) => secretsIn({ url: '/', headers: [], bodies: [JSON.stringify({ token: ['x'.repeat(characters), 'short-secret-1'] })] })
  const rest = 64 * 1024 - 'short-secret-1'.length
  expect(taken(rest).hide('short-secret-1')).toBe('***')
  expect(taken(rest + 1).hide('short-secret-1')).toBe('short-secret-1')
})

test('in the place of a secret stands the same sign whatever it was, and of an empty one that it is empty', () => {
  expect(maskDeep({ token: 'T', list: [{ password: 'P'.repeat(100) }], name: 'N' })).toEqual({ token: '***', list: [{ password: '***' }], name: 'N' })
  expect([maskDeep({ token: '' }), mask('')]).toEqual([{ token: '' }, ''])
})
