/** What axe finds on a page. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** @returns each violation with the elements that it is about; also that the page is wider than the screen */
export async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  // As a text: tests are checked without the types of a browser. What axe would load beforehand, the policy of the pages forbids.
  return page.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'], preload: false }).then(({ violations }) => [
    ...violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')),
    ...(document.documentElement.scrollWidth > innerWidth ? ['wider than the screen'] : []),
  ])`)
}
