/** JSON in slices, around each of its bounds: how long, how deep, how many, how much of it is kept, and where others come between. */
import { createHash } from 'node:crypto'
import { test } from 'vitest'
import type { SandboxContent } from '../../src/core/sandbox-state.js'
import { Base64Texts, jsonPieces, Measure, measureJson, takePieces, TooMuch } from '../../src/core/sliced-json.js'
import { type Keeping, readJson } from '../../src/core/sliced-reading.js'
import { atOnce } from '../../src/core/slices.js'
import { isLarge } from '../../src/core/whole.js'
import { WrittenDown } from '../support/written-down.js'

/** From this length on a text is read in slices, */
const LONG = 256 * 1024
/** an item is large that has more than this, */
const ITEM = 64 * 1024
/** and a value too large. */
const MIB = 1024 * 1024

/** @returns a value as JSON; of a long one its beginning, how long it is, and a hash */
function brief(value: unknown): unknown {
  const text = JSON.stringify(value)
  return text.length < 120 ? text : `${text.slice(0, 60)}… ${String(text.length)} ${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
}

/** @returns what is read, and in how many steps; or what is wrong, and after how many */
function read(text: string, nested = 100, values?: number, keeping: Keeping | null = null): unknown {
  const work = readJson(text, nested, values, keeping)
  for (let steps = 0; ; steps++) {
    try {
      const step = work.next()
      if (step.done === true) return [steps, brief(step.value)]
    } catch (error) {
      return [steps, error]
    }
  }
}

const blanks = (length: number) => ' '.repeat(length)
const letters = (length: number) => `"${'x'.repeat(length - 2)}"`
/** @returns a list of so many characters, which are blanks but for one */
const hollow = (length: number) => `[${blanks(length - 3)}1]`
/** @returns an object of so many fields */
const fields = (count: number) => `{${Array.from({ length: count }, (_, i) => `"f${String(i)}":${String(i)}`).join(',')}}`
/** @returns the text inside so many lists or objects */
const inside = (levels: number, text: string, kind: 'list' | 'object') => (kind === 'list' ? `${'['.repeat(levels)}${text}${']'.repeat(levels)}` : `${'{"in":'.repeat(levels)}${text}${'}'.repeat(levels)}`)

test('is read up to its bounds', async () => {
  const told = new WrittenDown()
  told.part('long, from a length on: the values of a short one are not counted')
  for (const length of [LONG - 1, LONG, LONG + 1]) told.note(String(length), [read(`${blanks(length - 7)}[1,2,3]`, 100, 3), read(`[1,2,3]${blanks(length - 7)}`, 100, 4), read(`[${letters(length - 2)}]`, 1), read(`[[${letters(length - 4)}]]`, 1)])
  const pad = letters(LONG)
  told.part('as many values as may be held')
  const held: Readonly<Record<string, string>> = { list: '[1,2,3,4]', object: '{"a":1,"b":2}', 'lists in a list': '[[1],[2],[]]', 'an object in a list': '[{"a":1,"b":{"c":2}}]', 'a list in an object': '{"a":[1,2],"b":[]}', empty: '{}', scalar: 'null', ...Object.fromEntries([1, 5, 6, 7, 8, 9].flatMap((levels) => (['list', 'object'] as const).map((kind) => [`${String(levels)} ${kind}s around two fields`, inside(levels, fields(2), kind)]))), 'a large item': `[1,${letters(ITEM)},2,{"a":${letters(ITEM + 1)}},3]` }
  for (const [what, text] of Object.entries(held)) {
    for (const keeping of [null, { fields: 100, always: 'code' }]) {
      const whole = `{"pad":${pad},"it":${text}}`
      const fits = (values: number) => { const [, result] = read(whole, 100, values, keeping) as [number, unknown]; return !(result instanceof Error) }
      told.note(`${what}${keeping === null ? '' : ', kept'}`, Array.from({ length: 40 }, (_, values) => values).find(fits) ?? 'more than 40')
    }
  }
  told.part('values as long as may be, beside their texts')
  for (const length of [MIB, MIB + 1, MIB + 2, MIB + 3]) {
    for (const [what, text] of Object.entries({ hollow: hollow(length), 'with a text before': `["abc",${hollow(length - 9)}]`, 'with a long text before': `[${letters(300_000)},${blanks(length - 2)}1]`, 'two of them': `[${hollow(length - 10)},1],${hollow(length)}` })) {
      for (const keeping of [null, { fields: 100, always: 'code' }]) told.note(`${String(length)} ${what}${keeping === null ? '' : ', kept'}`, read(`[${pad},${text}]`, 100, 50, keeping))
    }
  }
  told.part('where they lie')
  for (const kind of ['list', 'object'] as const) for (const levels of [1, 6, 7, 8]) for (const keeping of [null, { fields: 100, always: 'code' }]) told.note(`${String(levels)} ${kind}s${keeping === null ? '' : ', kept'}`, [read(inside(levels, hollow(MIB + 9), kind), 100, 50, keeping), read(inside(levels, `{"a":${hollow(MIB + 9)},"b":1}`, kind), 100, 50, keeping)])
  await told.isThatOf('sliced-bounds')
})

test('is read as far as it is wanted, and others come between', async () => {
  const told = new WrittenDown()
  told.part('lists with items around the bound of a large one')
  for (const length of [ITEM - 2, ITEM - 1, ITEM, ITEM + 1, ITEM + 2]) {
    for (const item of [letters(length), `{"a":${letters(length - 6)}}`, hollow(length)]) {
      const text = `[1,${item},2,${item},${letters(LONG)},3,4]`
      told.note(`${String(length)} ${item.slice(0, 2)}`, [read(text, 100, 60), read(text, 100, 60, { fields: 9, always: 'code' })])
    }
  }
  told.part('lists with many small items')
  const many = (count: number, item: string) => `[${Array.from({ length: count }, () => item).join(',')}]`
  for (const [count, item] of [[40_000, '{"id":1}'], [200_000, '1'], [30, letters(10_000)], [5000, fields(9)]] as const) told.note(`${String(count)} ${item.slice(0, 9)}`, [read(many(count, item)), read(many(count, item), 100, undefined, { fields: 3, always: 'f7' })])
  told.part('so many fields, and one that is always kept')
  for (const levels of [0, 1, 7, 8]) {
    for (const kind of ['list', 'object'] as const) {
      const wide = `{"code":0,${fields(9).slice(1, -1)},"pad":${letters(LONG)},"code":1,"more":{"f1":1,"f2":2,"f3":3,"f4":4,"f5":5,"code":6}}`
      for (const kept of [0, 3, 10, 11]) told.note(`${String(kept)}, inside ${String(levels)} ${kind}s`, read(inside(levels, wide, kind), 100, 900, { fields: kept, always: 'code' }))
    }
  }
  told.part('small objects are kept whole')
  for (const text of [`[${fields(5)},${fields(5)},${letters(LONG)}]`, `{"a":${letters(LONG)},"b":[${fields(5)}],"c":${fields(5)}}`]) told.note(text.slice(0, 20), [1, 5, 6].map((kept) => read(text, 100, 900, { fields: kept, always: 'none' })))
  told.part('broken')
  const large = letters(ITEM + 9)
  const broken = [`[{"a":${large}]`, `[{"a":${large}},]`, `[{"a":${large}}`, `[{"a":${large},}]`, `[{"a" ${large}}]`, `[{"a":${large}}}`, `[{a:${large}}]`, `[{1":${large}}]`, `[[${large} 1]]`, `[[${large}]`, `[{"a":[${large},]}]`, `[{"a":${large}"b":1}]`, `["${'x'.repeat(ITEM + 9)}]`, `[tru,${large}]`, `[${large},tru]`, `{"a":tru,"b":${large}}`, `{"a":${large},"b"}`, `{"a":${large},"b":}`, `[${large}]]`, `[${large}],`, `[${large} x]`, `{"a":${large}} x`, `[${large},{"a":[}]}]`]
  for (const text of broken) told.note(text.replace(/x{99,}/g, 'x…'), [text, `${blanks(LONG)}${text}`, `[${letters(LONG)},${text}]`].map((one) => [read(one), read(one, 100, 900, { fields: 5, always: 'code' })]).map(([plain, kept]) => (JSON.stringify(plain) === JSON.stringify(kept) ? plain : [plain, kept])).slice(1))
  told.part('nested')
  for (const levels of [3, 4, 5, 8, 9]) for (const kind of ['list', 'object'] as const) told.note(`${String(levels)} ${kind}s in two`, [4, 5, 6, 10].map((nested) => [read(`[{"a":${letters(LONG)},"b":${inside(levels - 2, '1', kind)}}]`, nested), read(`[{"a":${letters(LONG)},"b":${inside(levels - 2, '1', kind)}}]`, nested, undefined, { fields: 5, always: 'c' })]))
  const value = atOnce(readJson(`{"a":{"b":1,"__proto__":2},"pad":${letters(LONG)}}`, 9)) as Record<string, Record<string, unknown>>
  told.part('what is read is as JSON.parse makes it, and may be changed')
  told.note('a', [Object.getOwnPropertyDescriptors(value['a']), Object.getPrototypeOf(value['a']) === Object.prototype, Reflect.set(value, 'a', 1), Reflect.deleteProperty(value, 'pad'), value])
  await told.isThatOf('sliced-reading')
})

test('is written up to its bounds', async () => {
  const told = new WrittenDown()
  const pattern = (size: number) => Buffer.from(Uint8Array.from({ length: size }, (_, i) => i * 7))
  const base64 = (...sizes: readonly number[]) => new Base64Texts(new Map(sizes.map((size, i) => [`f${String(i)}`, pattern(size + 5).subarray(5)])))
  const values: Readonly<Record<string, unknown>> = {
    null: null, text: 'ab', '周': '周', 'a long text': 'x'.repeat(ITEM + 1), 'a longer one': 'x'.repeat(3 * ITEM), 'of two halves': `${'x'.repeat(ITEM - 1)}😀${'x'.repeat(ITEM)}`, 'half a letter at its end': `${'x'.repeat(ITEM - 1)}\ud83d`, 'quotes': '"'.repeat(ITEM + 1),
    list: [1, [2], { a: 3 }], 'a list of 50': Array.from({ length: 50 }, () => 1), 'a list of 51': Array.from({ length: 51 }, () => 1), 'a list of long texts': ['x'.repeat(ITEM - 2), 'x'.repeat(ITEM - 3), 1, 'x'.repeat(ITEM + 9), 2], object: { a: 1, b: { c: [] }, d: undefined }, deep: { a: { b: { c: { d: { e: { f: { g: { h: { i: 1 } } } } } } } } },
    'no files': base64(), files: base64(0, 1, 2, 3, 4), 'long files': base64(48 * 1024 - 1, 48 * 1024, 48 * 1024 + 1, 100_000), 'a date': new Date(0), 'dates': [new Date(0), { at: new Date(0) }],
  }
  /** @returns the least that is enough */
  const least = (value: unknown, measure: (most: number) => Measure) => {
    let [low, high] = [0, 2_000_000]
    while (low < high) {
      const most = Math.floor((low + high) / 2)
      try {
        atOnce(measureJson(value, measure(most)))
        high = most
      } catch (error) {
        if (!(error instanceof TooMuch)) throw error
        low = most + 1
      }
    }
    return low
  }
  for (const [what, value] of Object.entries(values)) {
    const pieces = [...jsonPieces(value)]
    told.note(what, { pieces: pieces.map(({ length }) => length), text: brief(value), bytes: least(value, (most) => new Measure(most)), values: least(value, (most) => new Measure(1e9, most)), same: pieces.join('') === JSON.stringify(value) })
  }
  told.part('taken')
  for (const characters of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) {
    const pieces = jsonPieces({ a: 1, b: [2] })
    told.note(String(characters), Array.from({ length: 5 }, () => { const work = takePieces(pieces, characters); let steps = 0; for (;; steps++) { const step = work.next(); if (step.done === true) return [steps, step.value.text, step.value.areAll] } }))
  }
  told.part('lots of files')
  for (const most of [9, 10, 11, 14, 15, 16, 30]) told.note(String(most), [[10, 5, 1], [0, 0, 11], [5, 5, 5], []].map((sizes) => [...Base64Texts.lots(base64(...sizes), most)].map((lot) => Object.keys(lot).join(' '))))
  told.part('so many records and commits that it is long work')
  const content = (put: number, deleted: number, more = 0): SandboxContent => ({ stores: { live: { users: { put: Array.from({ length: put }, (_, id) => ({ id })), deleted: Array.from({ length: deleted }, (_, id) => id) }, channels: { put: [], deleted: [] } }, edu: { users: { put: Array.from({ length: more }, (_, id) => ({ id })), deleted: [] } } } }) as unknown as SandboxContent
  for (const [put, deleted, more, commits] of [[0, 0, 0, 0], [2000, 0, 0, 0], [2001, 0, 0, 0], [0, 2000, 0, 0], [0, 2001, 0, 0], [0, 0, 2001, 0], [1000, 1000, 0, 0], [1000, 1000, 1, 0], [1000, 500, 500, 0], [1000, 500, 500, 1], [0, 0, 0, 2000], [0, 0, 0, 2001]] as const) told.note([put, deleted, more, commits].join(', '), [isLarge(content(put, deleted, more), commits), isLarge(content(put, deleted, more))])
  await told.isThatOf('sliced-writing')
})
