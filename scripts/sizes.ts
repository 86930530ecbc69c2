/**
 * `npm run sizes`: bundles each browser entry as an app's bundler does and writes the table of sizes between the marks
 * `<!-- sizes -->` and `<!-- /sizes -->` of the documents that have them.
 *   --check      write nothing; exit 1 if a table is out of date
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle } from './bundle.js'
import { browserEntries } from './entries.js'

const ROOT = join(import.meta.dirname, '..')
const DOCUMENTS = ['README.md', 'README.zh-CN.md', 'docs/package.md', 'docs/package.zh-CN.md']
const MARKS = /(<!-- sizes -->\n)[\s\S]*?(<!-- \/sizes -->)/

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
  const after = before.replace(MARKS, (_, start: string, end: string) => `${start}${table}${end}`)
  if (after !== before && !values.check) writeFileSync(path, after)
  return after !== before
})
for (const file of stale) console.log(`${file}: ${values.check ? 'out of date' : 'written'}`)
if (values.check && stale.length > 0) process.exitCode = 1

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}
