/**
 * `npm run mutate -- src/control/glob.ts --tests test/glob.test.ts`: plants a bug at each place of the named files or folders, one at a time, and says
 * which of them no test notices. Without `--tests` every test runs that touches the place, which takes hours for a folder like src/core.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const ROOT = join(import.meta.dirname, '..')
const { values, positionals } = parseArgs({ allowPositionals: true, options: { tests: { type: 'string', multiple: true, default: [] }, concurrency: { type: 'string', default: '1' } } })
const missing = [...positionals, ...values.tests].filter((path) => !existsSync(join(ROOT, path)))
if (positionals.length === 0 || missing.length > 0) {
  process.stderr.write(`${missing.length > 0 ? `there is no ${missing.join(', ')}\n` : ''}npm run mutate -- <file or folder>… [--tests <file>]… [--concurrency <number>]\n`)
  process.exit(2)
}
const files = positionals.map((path) => (statSync(join(ROOT, path)).isDirectory() ? `${path.replace(/\/$/, '')}/**/*.ts` : path))
const stryker = join(ROOT, 'node_modules/@stryker-mutator/core/bin/stryker.js')
const { status } = spawnSync(process.execPath, [stryker, 'run', 'stryker.config.json', '--mutate', files.join(','), '--concurrency', values.concurrency], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, UNDERSTUDY_MUTATE_TESTS: values.tests.join(',') },
})
process.exitCode = status ?? 1
