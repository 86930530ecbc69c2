/**
 * `npm run build`: writes `dist`. Plain JavaScript, and tsdown's function rather than its command: every `npm start` waits for it, and the command
 * tells whoever has Node.js 20 that it is deprecated, which is tsdown's own plan for later versions and nothing that a user of Understudy could act on.
 *   --js   leaves out the types and what only CommonJS needs; the started server needs neither
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'tsdown'

const { values } = parseArgs({ options: { js: { type: 'boolean', default: false } } })
// Read by tsdown.config.ts.
process.env['UNDERSTUDY_BUILD'] = values.js ? 'js' : 'all'
await build({ logLevel: values.js ? 'error' : 'info' })
if (values.js) replaceDist()

/**
 * Another stub may be running from `dist`, so it is never empty: what is new takes its place when it is whole. What that stub has not loaded yet stays
 * beside it until the build after, under the names that it knows.
 */
function replaceDist() {
  const list = '.build.json'
  writeFileSync(join('dist.next', list), JSON.stringify(readdirSync('dist.next', { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ parentPath, name }) => relative('dist.next', join(parentPath, name)))))
  rmSync('dist.old', { recursive: true, force: true })
  if (existsSync('dist')) renameSync('dist', 'dist.old')
  renameSync('dist.next', 'dist')
  const before = existsSync(join('dist.old', list)) ? JSON.parse(readFileSync(join('dist.old', list), 'utf8')) : []
  for (const file of before.filter((name) => !existsSync(join('dist', name)))) {
    mkdirSync(join('dist', dirname(file)), { recursive: true })
    renameSync(join('dist.old', file), join('dist', file))
  }
  rmSync('dist.old', { recursive: true, force: true })
}
