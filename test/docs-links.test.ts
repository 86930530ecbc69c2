/** The Markdown files of the project point at what is there. */
import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { deadLinks } from '../scripts/links.js'
import manifest from '../package.json' with { type: 'json' }

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

/** Whether `npm pack` takes a file along: `files` names files and folders, and with `!` what of them stays. */
function isPacked(file: string): boolean {
  const within = (place: string) => file === join(root, place) || file.startsWith(join(root, place, '/'))
  return manifest.files.some((place) => !place.startsWith('!') && within(place)) && !manifest.files.some((place) => place.startsWith('!') && within(place.slice(1)))
}

const packed = documents.filter(isPacked)

test.each(packed.map((file) => [relative(root, file), file]))('%s, as it is packed, has no dead link', (_, file) => {
  expect(deadLinks(file, (target) => isPacked(target) && existsSync(target))).toEqual([])
})

test('the README is packed, and the sources are not', () => {
  expect(packed).toContain(join(root, 'README.md'))
  expect(isPacked(join(root, 'src/cli.ts'))).toBe(false)
})
