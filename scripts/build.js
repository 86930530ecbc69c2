/**
 * `npm run build`: writes `dist`. Plain JavaScript, and tsdown's function rather than its command: every `npm start` waits for it, and the command
 * tells whoever has Node.js 20 that it is deprecated, which is tsdown's own plan for later versions and nothing that a user of Understudy could act on.
 *   --js   leaves out the types and what only CommonJS needs; the started server needs neither
 */
import { existsSync, renameSync, rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { build } from 'tsdown'

const { values } = parseArgs({ options: { js: { type: 'boolean', default: false } } })
// Read by tsdown.config.ts.
process.env['UNDERSTUDY_BUILD'] = values.js ? 'js' : 'all'
await build({ logLevel: values.js ? 'error' : 'info' })
if (values.js) {
  // Another stub may be running from `dist`, so it is never empty: what is new takes its place when it is whole.
  rmSync('dist.old', { recursive: true, force: true })
  if (existsSync('dist')) renameSync('dist', 'dist.old')
  renameSync('dist.next', 'dist')
  rmSync('dist.old', { recursive: true, force: true })
}
