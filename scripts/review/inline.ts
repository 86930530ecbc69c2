/** Enough Markdown for descriptions and questions as HTML: paragraphs, lists, bold and code. Everything else is text. */

/** Text as HTML text. */
export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** A line with `code` and **bold**, which may have code in it. */
export function inline(text: string): string {
  return escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>').replaceAll(/\*\*(.+?)\*\*/g, '<strong>$1</strong>')
}

/** Paragraphs and lists. */
export function blocks(text: string): string {
  const parts: { kind: 'p' | 'ul'; lines: string[] }[] = []
  let isOpen = false
  for (const line of text.trim().split('\n')) {
    const last = parts.at(-1)
    if (line.trim() === '') isOpen = false
    else if (line.startsWith('- ') && isOpen && last?.kind === 'ul') last.lines.push(line.slice(2))
    else if (line.startsWith('- ')) parts.push({ kind: 'ul', lines: [line.slice(2)] })
    else if (isOpen && last !== undefined) last.lines.push(`${last.lines.pop() ?? ''}\n${line.trim()}`)
    else parts.push({ kind: 'p', lines: [line] })
    if (line.trim() !== '') isOpen = true
  }
  return parts.map(({ kind, lines }) => (kind === 'p' ? `<p>${inline(lines.join('\n'))}</p>` : `<ul>${lines.map((line) => `<li>${inline(line)}</li>`).join('')}</ul>`)).join('\n')
}
