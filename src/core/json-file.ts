/** Reads JSON files that people write. */
import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { isNestedWithin, MOST_DEPTH } from '../plain/json.js'

/**
 * @returns what the file holds; a byte order mark in front is no part of it
 * @throws Error that names the file: why it cannot be read, line and column where it is no JSON, or that it is nested too deeply
 */
export async function readJsonFile(file: string): Promise<unknown> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  })
  // In another encoding names would be others, without a word.
  if (!isUtf8(bytes)) throw new Error(`${file} is no UTF-8: save it as that`)
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const { line, column, found } = jsonFault(text)
    throw new Error(`${file}:${String(line)}:${String(column)} is no JSON: ${found} is not expected here`)
  }
  if (!isNestedWithin(value, MOST_DEPTH)) throw new Error(`${file} has more than ${String(MOST_DEPTH)} objects and lists inside one another`)
  return value
}

/** @returns where a text that is no JSON stops being it, and what stands there, for people */
export function jsonFault(text: string): { readonly line: number; readonly column: number; readonly found: string } {
  const at = firstFault(text)
  const before = text.slice(0, at).split('\n')
  const found = at >= text.length ? 'the end' : JSON.stringify(/^(?:[\w$-]{1,20}|[^])/u.exec(text.slice(at))?.[0] ?? '')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1, found }
}

const SPACE = '[ \\t\\n\\r]*'
const TOKEN = '(?:([[\\]{}:,])|("(?:[^"\\\\\\u0000-\\u001f]|\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|true|false|null)(?![\\w$]))'

/** What may come next: a value, a member's name, the colon behind it, or what follows a value. */
type Expected = 'value' | 'firstValue' | 'name' | 'firstName' | 'colon' | 'next'

/** @returns where a text stops being JSON; what the engine says of it differs from one version to the next */
function firstFault(text: string): number {
  const open: string[] = []
  let expected: Expected = 'value'
  const space = new RegExp(SPACE, 'y')
  const token = new RegExp(TOKEN, 'y')
  for (let start = 0; ; start = token.lastIndex) {
    space.lastIndex = start
    space.test(text)
    start = token.lastIndex = space.lastIndex
    const [, mark, value] = token.exec(text) ?? []
    if (mark === undefined && value === undefined) return start
    const inside = open.at(-1)
    if (value !== undefined) {
      if (expected === 'name' || expected === 'firstName') {
        if (!value.startsWith('"')) return start
        expected = 'colon'
      } else if (expected === 'value' || expected === 'firstValue') expected = 'next'
      else return start
    } else if (mark === '{' || mark === '[') {
      if (expected !== 'value' && expected !== 'firstValue') return start
      open.push(mark)
      expected = mark === '{' ? 'firstName' : 'firstValue'
    } else if (mark === '}' || mark === ']') {
      const closes = inside === (mark === '}' ? '{' : '[') && (expected === 'next' || expected === (mark === '}' ? 'firstName' : 'firstValue'))
      if (!closes) return start
      open.pop()
      expected = 'next'
    } else if (mark === ':') {
      if (expected !== 'colon') return start
      expected = 'value'
    } else {
      if (expected !== 'next' || inside === undefined) return start
      expected = inside === '{' ? 'name' : 'value'
    }
  }
}
