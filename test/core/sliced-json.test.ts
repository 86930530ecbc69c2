/** JSON in slices says what the engine's own says, and others come between. */
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { Base64Texts, jsonPieces, Measure, measureJson, MOST_VALUES, takePieces, TooMuch } from '../../src/core/sliced-json.js'
import { readJson } from '../../src/core/sliced-reading.js'
import { atOnce } from '../../src/core/slices.js'

function* writeJson(value: unknown): Generator<void, string> {
  return (yield* takePieces(jsonPieces(value), Number.POSITIVE_INFINITY)).text
}

/** Texts below this length are read at once. */
const LONG = 256 * 1024

function stepsOf<T>(work: Generator<void, T>): { readonly steps: number; readonly result: T } {
  for (let steps = 0; ; steps++) {
    const step = work.next()
    if (step.done === true) return { steps, result: step.value }
  }
}

function outcome(read: () => unknown): unknown {
  try {
    return { value: read() }
  } catch (error) {
    return error instanceof SyntaxError ? 'SyntaxError' : error
  }
}

describe('is written', () => {
  test('in parts that are not long, be it a list of large items or one long text', () => {
    const letters = ['x', '"', '周', '😀']
    const texts = letters.map((letter) => `${letter === '😀' ? 'x' : ''}${letter.repeat(200_000)}`)
    const value = { texts: Object.fromEntries(texts.entries()), list: Array.from({ length: 100 }, (_, i) => `${String(i)}${'x'.repeat(20_000)}`) }
    const parts = [...jsonPieces(value)]
    expect(parts.join('') === JSON.stringify(value)).toBe(true)
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(2 * 64 * 1024 + 100)
  })

  test('as JSON.stringify writes it', () => {
    fc.assert(fc.property(fc.jsonValue({ depthSize: 'large' }), (value) => {
      expect(atOnce(writeJson(value))).toBe(JSON.stringify(value))
    }))
    expect(atOnce(writeJson({ left: undefined, out: [1, { a: undefined }], toJSON: 'a field', '__proto__x': new Date(0) }))).toBe('{"out":[1,{}],"toJSON":"a field","__proto__x":"1970-01-01T00:00:00.000Z"}')
  })

  test('in many steps where much lies as deep as records in a snapshot do', () => {
    const snapshot = { systems: { live: { store: { channels: { put: Array.from({ length: 10_000 }, (_, id) => ({ id })) } } } } }
    const { steps, result } = stepsOf(writeJson(snapshot))
    expect(steps).toBeGreaterThan(100)
    expect(result).toBe(JSON.stringify(snapshot))
  })
})

test('files are written as base64 part by part, none of them lies anywhere whole', () => {
  const content = new Map([['a', Buffer.from('abcd')], ['empty', Buffer.alloc(0)], ['long', Buffer.alloc(1_000_000, 'x')], ['part', Buffer.alloc(200_000, 'yz').subarray(7, 100_000)]])
  const plain = { files: Object.fromEntries([...content].map(([name, bytes]) => [name, bytes.toString('base64')])), behind: 1 }
  const files = new Base64Texts(content)
  const made = vi.spyOn(Buffer.prototype, 'toString')
  const pieces = [...jsonPieces({ files, behind: 1 })]
  expect(Math.max(...made.mock.results.map(({ value }) => String(value).length))).toBe(64 * 1024)
  made.mockRestore()
  expect(pieces.join('')).toBe(JSON.stringify(plain))
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(64 * 1024 + 2)
  expect(Object.fromEntries(Object.entries(files))).toEqual(plain.files)
  expect([...Base64Texts.lots(files, 1000)].map((lot) => Object.keys(lot))).toEqual([['a', 'empty'], ['long'], ['part']])
  expect([...Base64Texts.lots(files, 2_000_000)].map((lot) => Object.fromEntries(Object.entries(lot)))).toEqual([plain.files])
  // It never counts less than there is.
  const size = JSON.stringify(plain).length
  expect(() => { atOnce(measureJson({ files }, new Measure(size - 20))); }).toThrow(TooMuch)
  expect(() => { atOnce(measureJson({ files }, new Measure(size + 2000, 9))); }).not.toThrow()
  expect(() => { atOnce(measureJson({ files }, new Measure(size + 2000, 8))); }).toThrow('more than 8 values')
})

describe('is written on demand', () => {
  test('part by part, which together are as JSON.stringify writes it', () => {
    fc.assert(fc.property(fc.jsonValue({ depthSize: 'large' }), fc.integer({ min: 1, max: 50 }), (value, characters) => {
      const pieces = jsonPieces(value)
      let text = ''
      for (let part = { text: '', areAll: false }; !part.areAll;) {
        part = atOnce(takePieces(pieces, characters))
        text += part.text
      }
      expect(text).toBe(JSON.stringify(value))
    }))
  })

  test('and no further than it is asked for', () => {
    let written = 0
    const items = Array.from({ length: 10_000 }, () => ({ toJSON: () => ++written }))
    const pieces = jsonPieces({ items })
    const { text, areAll } = atOnce(takePieces(pieces, 1000))
    expect([text.startsWith('{"items":[1,2,3'), areAll, written < 1000]).toEqual([true, false, true])
  })
})

describe('is read', () => {
  /** What makes a text long, and says nothing. */
  const long = (text: string) => `{"filler":"${'\\\\ \\" {['.repeat(LONG / 8)}","it":${text}}`
  const blank = fc.stringMatching(/^[ \t\n\r]{0,3}$/)

  test('as JSON.parse reads it', () => {
    fc.assert(fc.property(fc.jsonValue({ depthSize: 'medium' }), fc.nat(3), blank, (value, indent, space) => {
      const text = long(`${space}${JSON.stringify(value, null, indent)}${space}`)
      expect(atOnce(readJson(text, 100))).toStrictEqual(JSON.parse(text))
    }))
  })

  test('also where a character is lost, doubled or another one', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.nat(), fc.constantFrom('', ',', '"', '\\', '}', ']', '[', '1', ' ', ':', 'e'), (value, at, put) => {
      const text = JSON.stringify(value, null, 1)
      const broken = long(`${text.slice(0, at % text.length)}${put}${text.slice((at % text.length) + 1)}`)
      expect(outcome(() => atOnce(readJson(broken, 100)))).toStrictEqual(outcome(() => JSON.parse(broken)))
    }), { numRuns: 300 })
  })

  test.each(['[1,]', '[,1]', '{"a":1,}', '{"a":}', '{"a" 1}', '[1 2]', '[1}', '{]', '[', '{"a":1', 'nul', '"x', '[1]]', '{"__proto__":1}', '{"a":1,"a":2}', '[]', '{}', '[ ]', '{ }'])('%s as JSON.parse does', (text) => {
    expect(outcome(() => atOnce(readJson(long(text), 100)))).toStrictEqual(outcome(() => JSON.parse(long(text))))
    expect(outcome(() => atOnce(readJson(`${long('[1]')}${text}`, 100)))).toBe('SyntaxError')
  })

  test('a list of which the last is missing, in one that takes many pieces', () => {
    const items = Array.from({ length: 40_000 }, (_, id) => JSON.stringify({ id })).join(',')
    expect(outcome(() => atOnce(readJson(`[${items},]`, 100)))).toBe('SyntaxError')
    const { steps, result } = stepsOf(readJson(`[${items}]`, 100))
    expect(steps).toBeGreaterThan(5)
    expect(result).toStrictEqual(JSON.parse(`[${items}]`))
  })

  test('to the place where it breaks, which is told; what comes then is not looked at', () => {
    const items = `${'1,'.repeat(LONG)}1`
    expect(() => atOnce(readJson(`{"a":[${items}],"b":[1 2,${items}]}`, 100))).toThrow(`it is broken somewhere behind character ${String(items.length + 13)}`)
    expect(outcome(() => atOnce(readJson(`"${'x'.repeat(LONG)}`, 100)))).toBe('SyntaxError')
    expect(atOnce(readJson(`${' '.repeat(LONG)}12`, 100))).toBe(12)
  })

  test('as long as it holds no more values than can be held, wherever they lie', () => {
    const many = (count: number) => `[${Array.from({ length: 500 }, () => `[${'1,'.repeat(count)}1]`).join(',')}]`
    expect(stepsOf(readJson(`{"it":${many(9000)}}`, 100)).steps).toBeGreaterThan(50)
    for (const text of [many(10_000), `{"a":{"b":${many(10_000)}}}`, `[${'{},'.repeat(5_000_001)}{}]`]) expect(() => atOnce(readJson(text, 100))).toThrow('it has more than 5,000,000 values')
    // A field counts as two.
    const fields = (count: number) => `{${'"a":1,'.repeat(count - 1)}"a":2}`
    expect(atOnce(readJson(fields(2_500_000), 100))).toEqual({ a: 2 })
    expect(() => atOnce(readJson(fields(2_500_001), 100))).toThrow('it has more than 5,000,000 values')
    // Or than there is room for.
    expect(atOnce(readJson(fields(200_000), 100, 400_000))).toEqual({ a: 2 })
    expect(() => atOnce(readJson(fields(200_001), 100, 400_000))).toThrow('it has more than 400,000 values')
  })

  test('in pieces of a MiB beside their texts', () => {
    const record = (fields: number, text: string) => `[{"id":1,${Array.from({ length: fields }, (_, i) => `"${String(i)}":[[]]`).join(',')},"text":"${text}"}]`
    expect(atOnce(readJson(record(10, 'x'.repeat(4 * LONG * 5)), 100))).toHaveLength(1)
    expect(() => atOnce(readJson(record(300_000, ''), 100))).toThrow('behind character 1 there is a value of more than 1 MiB')
  })

  test('where it is nested too deeply, to no more than the place where that shows: what comes then is not looked at', () => {
    for (const deep of [(count: number) => '['.repeat(count), (count: number) => '{"a":'.repeat(count)]) {
      for (const count of [10_000, LONG]) {
        for (const text of [deep(count), `{"[":"\\"[","it":${deep(count)}`]) expect(() => atOnce(readJson(text, 100))).toThrow('it has more than 100 objects and lists inside one another')
      }
    }
  })

  test('no deeper than it may, wherever that lies', () => {
    const nest = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
    for (const around of ['{"a":%}', '{"a":{"b":%}}', '[%]', '{"a":[1,%]}', '{"a":{"b":{"c":{"d":{"e":{"f":{"g":%}}}}}}}']) {
      const outside = around.split('%')[0]?.replace(/[^{[]/g, '').length ?? 0
      const [fits, misfits] = [99 - outside, 100 - outside].map((levels) => long(around.replace('%', nest(levels))))
      expect(outcome(() => atOnce(readJson(fits ?? '', 100)))).toHaveProperty('value')
      expect(outcome(() => atOnce(readJson(misfits ?? '', 100)))).toBe('SyntaxError')
      // What is no list or object lies no deeper for being null.
      for (const value of ['null', '7', '"x"']) {
        const deepest = '['.repeat(99 - outside) + value + ']'.repeat(99 - outside)
        expect(outcome(() => atOnce(readJson(long(around.replace('%', deepest)), 100)))).toHaveProperty('value')
      }
    }
  })
})

describe('is read as far as it is wanted', () => {
  const read = (text: string, fields = 1000) => stepsOf(readJson(text, 100, MOST_VALUES, { fields, always: 'code' }))

  test('all of it, where no object has more fields', () => {
    const value = { code: 1, list: [1, 'two', { three: [3] }, 'x'.repeat(100_000), { items: Array.from({ length: 30_000 }, (_, id) => ({ id, name: 'n' })) }, [], null], more: { deep: [[[[[[[[[Array.from({ length: 30_000 }, (_, i) => i)]]]]]]]]] } }
    const { steps, result } = read(JSON.stringify(value, null, 1))
    expect(result).toEqual(value)
    // However deep the many lie, others come between.
    expect(steps).toBeGreaterThan(20)
  })

  test('the first fields of an object, and the one that is always kept', () => {
    const many = { ...Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`field${String(i)}`, i])), code: 2000 }
    const kept = { ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`field${String(i)}`, i])), code: 2000 }
    expect(read(JSON.stringify(many), 10).result).toEqual(kept)
    expect(read(JSON.stringify({ list: [0, many, 1] }), 10).result).toEqual({ list: [0, kept, 1] })
  })

  test('and refused where it is broken, or nested too deeply', () => {
    const long = JSON.stringify('x'.repeat(LONG))
    for (const text of [`[${long},`, `[${long}`, `{"a":[${long},{"b":]}`, `${'['.repeat(101)}${long}${']'.repeat(101)}`, `[${long},${'['.repeat(101)}${']'.repeat(101)}]`]) expect(outcome(() => read(text))).toBe('SyntaxError')
  })
})
