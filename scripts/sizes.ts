/**
 * `npm run sizes`: bundles each browser entry as an app's bundler does and writes the table of sizes between the marks
 * `<!-- sizes -->` and `<!-- /sizes -->` of the documents that have them.
 *   --check      write nothing; exit 1 if a table is out of date. A figure is current while it is within 0.2 kB of what is
 *                measured: a byte more, or another zlib, may carry it over the edge of a rounding.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle } from './bundle.js'
import { browserEntries } from './entries.js'

const ROOT = join(import.meta.dirname, '..')
const DOCUMENTS = ['README.md', 'README.zh-CN.md', 'docs/package.md', 'docs/package.zh-CN.md']
const MARKS = /(<!-- sizes -->\n)([\s\S]*?)(<!-- \/sizes -->)/
const FIGURE = /\d+\.\d(?= kB)/g
const ROUNDING = 0.2

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })

const rows = await Promise.all(browserEntries().map(async ({ name, source, names }) => {
  const [part, whole] = [await bundle(`export { ${names.join(', ')} } from '${source}'`), await bundle(`export * from '${source}'`)]
  return `| \`${name}\` | \`${names.join('`, `')}\` | ${kilobytes(part.gzip)} | ${kilobytes(whole.gzip)} |`
}))
const table = ['| entry | what an app needs | gzip | everything in it, gzip |', '| --- | --- | ---: | ---: |', ...rows, ''].join('\n')
console.log(table)

const stale = DOCUMENTS.filter((file) => {
  const path = join(ROOT, file)
  if (!existsSync(path)) return false
  const before = readFileSync(path, 'utf8')
  const after = before.replace(MARKS, (all, start: string, written: string, end: string) => current(written) ? all : `${start}${table}${end}`)
  if (after !== before && !values.check) writeFileSync(path, after)
  return after !== before
})
for (const file of stale) console.log(`${file}: ${values.check ? 'out of date' : 'written'}`)
if (values.check && stale.length > 0) process.exitCode = 1

/** @returns whether a written table has the rows of the measured one, and figures that are as good as measured */
function current(written: string): boolean {
  const [then, now] = [figures(written), figures(table)]
  return written.replace(FIGURE, '') === table.replace(FIGURE, '') && then.every((figure, at) => Math.abs(figure - (now[at] ?? NaN)) <= ROUNDING + 1e-9)
}

function figures(text: string): number[] {
  return (text.match(FIGURE) ?? []).map(Number)
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}
