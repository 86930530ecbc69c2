/** The Markdown files of the project point at what is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const PLACES = ['docs', 'openapi', 'src', 'scripts']
// A template of a system: its links lead to where its copies will be.
const TEMPLATES = join(root, 'scripts/new-system')

const documents = [...readdirSync(root), ...PLACES.flatMap((place) => readdirSync(join(root, place), { recursive: true, encoding: 'utf8' }).map((name) => join(place, name)))]
  .filter((name) => name.endsWith('.md'))
  .map((name) => join(root, name))
  .filter((file) => !file.startsWith(TEMPLATES))

test('the documents are found, those of each language', () => {
  const names = documents.map((file) => relative(root, file))
  expect(names).toEqual(expect.arrayContaining(['README.md', 'README.zh-CN.md', 'docs/recipes.md', 'docs/systems/live.md', 'docs/review/README.zh-CN.md', 'src/systems/live/QUIRKS.md']))
})

test.each(documents.map((file) => [relative(root, file), file]))('%s has no dead link', (_, file) => {
  expect(deadLinks(file)).toEqual([])
})

/** @returns the relative links of a document that lead to no file, or to no heading of one */
function deadLinks(file: string): string[] {
  return linksOf(readFileSync(file, 'utf8')).filter((link) => {
    const [path = '', anchor] = decodeURI(link).split('#')
    const target = path === '' ? file : join(dirname(file), path)
    if (!existsSync(target)) return true
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(readFileSync(target, 'utf8')).has(anchor)
  })
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
