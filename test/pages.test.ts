import { expect, test } from 'vitest'
import { growthOf } from '../src/cli/frugal.js'
import { fromBase64, isInPages, join, pagesOf } from '../src/plain/pages.js'

const MIB = 1024 * 1024

test('pieces become one, whether it is small or has pages of its own; the only one stays what it is', () => {
  const pieces = Array.from({ length: 40 }, (_, turn) => Buffer.alloc(5000, turn + 1))
  const [few, all] = [join(pieces.slice(0, 3)), join(pieces)]
  expect([few.length, few[0], few[14_999], isInPages(few)]).toEqual([15_000, 1, 3, false])
  expect([all.length, all[0], all[4999], all[5000], all[199_999], isInPages(all)]).toEqual([200_000, 1, 1, 2, 40, true])
  expect(Buffer.compare(all, Buffer.concat(pieces))).toBe(0)
  expect(join(pieces.slice(0, 1))).toBe(pieces[0])
  expect(join([])).toHaveLength(0)
})

test('base64 is read at any length, and what is none is refused', () => {
  for (const length of [0, 1, 2, 3, 1000, 131_071, 131_072, 131_073, 300_000]) {
    const bytes = Buffer.alloc(length, 'understudy')
    const read = fromBase64(bytes.toString('base64'))
    expect(read).toHaveLength(length)
    expect(read?.equals(bytes)).toBe(true)
  }
  const long = Buffer.alloc(200_000, 7).toString('base64')
  for (const text of ['QQ', 'QR==', 'Q===', 'Q Q==', '!', `${long.slice(0, -4)}B===`, long.replace('B', '*'), `${long}A`]) expect(fromBase64(text)).toBeNull()
})

test('bytes that are a part of pages are not in pages of their own', () => {
  const pages = pagesOf(20_000)
  expect([isInPages(pages), isInPages(pages.subarray(1)), isInPages(Buffer.alloc(20_000))]).toEqual([true, false, false])
})

test('a small heap may double before garbage is collected, a large one grows by about 48 MiB, and by a fifth at the least', () => {
  expect([10, 48, 60, 100, 140, 240, 1000].map((used) => growthOf(used * MIB))).toEqual([100, 100, 80, 40, 30, 20, 20])
})
