/** JSON as it is read: indented, with keys, texts and numbers told apart. */

/** Longer texts are shown plainly: colours are not worth a page that hesitates. */
const MOST_COLOURED = 40_000

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** @returns the text as indented JSON; null where it is none */
export function pretty(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? JSON.stringify(value, null, 2) : null
  } catch {
    return null
  }
}

export function Json({ text }: { readonly text: string }) {
  if (text.length > MOST_COLOURED) return <>{text}</>
  const parts = []
  let at = 0
  for (const match of text.matchAll(TOKEN)) {
    const [whole, quoted, colon, word] = match
    if (match.index > at) parts.push(text.slice(at, match.index))
    const kind = quoted === undefined ? (word === undefined ? 'j-number' : 'j-word') : colon === undefined ? 'j-text' : 'j-key'
    parts.push(<span class={kind}>{quoted ?? whole}</span>)
    if (colon !== undefined) parts.push(colon)
    at = match.index + whole.length
  }
  return <>{[...parts, text.slice(at)]}</>
}
