/** Where a key stands in a configuration. */

export interface Located {
  readonly line: number
  readonly column: number
}

/** Comments, texts, words, marks; JSON is made of the same. */
const TOKENS = /\/\/[^\n]*|\/\*[^]*?\*\/|`(?:\\[^]|[^`\\])*`|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'|[\w$]+|[{}[\](),:;=]/g

interface Key {
  readonly path: string
  readonly at: number
}

/**
 * Looks for it as it is written, in JSON, TypeScript or JavaScript: a key that is computed, spread or imported is not found.
 * @param path the key, behind those that it is in
 * @returns its place, or that of the nearest that it is in; null where none of them is found
 */
export function locate(text: string, path: readonly string[]): Located | null {
  const { keys, exportedAt } = keysOf(text)
  for (let length = path.length; length > 0; length--) {
    const found = keys.filter((key) => key.path === path.slice(0, length).join('\n'))
    const key = found.find(({ at }) => at > exportedAt) ?? found.at(-1)
    if (key === undefined) continue
    const before = text.slice(0, key.at).split('\n')
    return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
  }
  return null
}

/** Every key of the objects in a text, and where its default export begins. */
function keysOf(text: string): { readonly keys: readonly Key[]; readonly exportedAt: number } {
  const keys: Key[] = []
  const inside: (string | null)[] = []
  let exportedAt = -1
  let pending: string | null = null
  let last = ''
  let lastAt = 0
  let beforeLast = ''
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (/^\/[/*]/.test(token)) continue
    if (token === ':' && /^[\w$"']/.test(last) && (beforeLast === '{' || beforeLast === ',')) {
      pending = /^["']/.test(last) ? last.slice(1, -1) : last
      keys.push({ path: [...inside, pending].filter((name) => name !== null).join('\n'), at: lastAt })
    } else if (token === '{' || token === '[' || token === '(') {
      inside.push(pending)
      pending = null
    } else if (token === '}' || token === ']' || token === ')') {
      inside.pop()
      pending = null
    } else if (token === ',' || token === ';') pending = null
    if ((last === 'export' && token === 'default') || token === 'exports') exportedAt = index
    beforeLast = last
    last = token
    lastAt = index
  }
  return { keys, exportedAt }
}
