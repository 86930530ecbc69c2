/** Blocks of code in the documentation. */

/** A block, and the heading that it stands under. */
export interface Block {
  readonly title: string
  readonly language: string
  readonly code: string
}

/** @returns the blocks of code of a document, from top to bottom; headings of the second level count */
export function blocksOf(markdown: string): Block[] {
  let title = ''
  return [...markdown.matchAll(/^## ([^\n]+)$|^( *)```(\w+)\n(.*?)^\2```$/gms)].flatMap(([, heading, , language, code]) => {
    if (heading !== undefined) title = heading
    return language === undefined || code === undefined ? [] : [{ title, language, code }]
  })
}
