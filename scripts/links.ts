/** Links of Markdown files to other files, and to headings in them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * @param exists whether there is something at a path
 * @returns the relative links of a document that lead to no file, or to no heading of one
 */
export function deadLinks(file: string, exists: (path: string) => boolean = existsSync): string[] {
  return linksOf(readFileSync(file, 'utf8')).filter((link) => {
    const [path = '', anchor] = decodeURI(link).split('#')
    const target = path === '' ? file : join(dirname(file), path)
    if (!exists(target)) return true
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(readFileSync(target, 'utf8')).has(anchor)
  })
}

/**
 * @param folder an installed package
 * @returns the dead links of every document in it, each with its document
 */
export function deadLinksIn(folder: string): string[] {
  const documents = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
  if (!documents.includes('README.md')) throw new Error(`${folder} has no README.md`)
  return documents.flatMap((name) => deadLinks(join(folder, name)).map((link) => `${name}: ${link}`))
}

function linksOf(markdown: string): string[] {
  return [...prose(markdown).matchAll(/\]\(([^()\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link))
}

/** @returns the anchors that a code host gives to headings, and those set by hand */
function anchorsOf(markdown: string): Set<string> {
  const text = prose(markdown, { keepCode: true })
  const headings = [...text.matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = '']) => heading.toLowerCase().replace(/[^\p{L}\p{N}\p{M} _-]/gu, '').replaceAll(' ', '-'))
  const marks = [...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = '']) => id)
  return new Set([...headings, ...marks])
}

/** @returns the text without blocks of code and, unless it is kept, code within lines */
function prose(markdown: string, { keepCode = false } = {}): string {
  const text = markdown.replace(/^ *(```+)[\s\S]*?^ *\1/gm, '')
  return keepCode ? text : text.replace(/`[^`\n]*`/g, '')
}
