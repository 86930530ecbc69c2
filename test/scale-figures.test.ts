/** The figures of docs/scale.md are those that were measured, and say when and where. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { keptFigures, PAGES, withFigures } from '../bench/engine-docs.js'

const figures = keptFigures()

test.each(Object.entries(PAGES))('%s tells what bench/engines.json keeps', (path, language) => {
  const page = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
  expect(page).toContain(figures.date)
  expect(page).toContain(figures.machine)
  // Otherwise: npm run bench -- --engines
  expect(page).toBe(withFigures(page, figures, language))
})
