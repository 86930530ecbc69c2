/**
 * `npm run mutate -- src/control --sample 60 --seed 7`: plants bugs in the named files or folders, one at a time, and says which of them no test notices.
 *   --sample <lines>       only in so many lines, drawn by chance; says what that tells about the whole. Without it every line, which takes hours for a folder
 *   --seed <text>          other lines, or the same as before
 *   --tests <file>         instead of the tests in scripts/mutate/tests.ts; may be given more than once
 *   --concurrency <number> 1
 */
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { estimate, readReport } from './mutate/estimate.js'
import { drawLines, sourcesOf } from './mutate/sample.js'
import { testsFor } from './mutate/tests.js'

const ROOT = join(import.meta.dirname, '..')
const REPORT = join(ROOT, 'reports/mutation/mutation.json')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string' }, seed: { type: 'string', default: '1' }, tests: { type: 'string', multiple: true, default: [] }, concurrency: { type: 'string', default: '1' } },
})
const missing = [...positionals, ...values.tests].filter((path) => !existsSync(join(ROOT, path)))
const isNumber = values.sample === undefined || /^[1-9]\d*$/.test(values.sample)
if (positionals.length === 0 || missing.length > 0 || !isNumber) {
  const problem = missing.length > 0 ? `there is no ${missing.join(', ')}\n` : isNumber ? '' : '--sample takes a number of lines\n'
  process.stderr.write(`${problem}npm run mutate -- <file or folder>… [--sample <lines> [--seed <text>]] [--tests <file>]… [--concurrency <number>]\n`)
  process.exit(2)
}

const sample = values.sample === undefined ? null : drawLines(ROOT, positionals, Number(values.sample), values.seed)
const tests = values.tests.length > 0 ? values.tests : testsFor(positionals)
if (sample !== null) process.stdout.write(`${String(sample.ranges.length)} of ${String(sample.of)} lines of ${positionals.join(', ')}, seed ${values.seed}\n`)

rmSync(REPORT, { force: true })
const stryker = join(ROOT, 'node_modules/@stryker-mutator/core/bin/stryker.js')
const ranges = sample?.ranges ?? sourcesOf(ROOT, positionals)
const { status } = spawnSync(process.execPath, [stryker, 'run', 'stryker.config.json', '--mutate', ranges.join(','), '--concurrency', values.concurrency], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, UNDERSTUDY_MUTATE_TESTS: tests.join(',') },
})
if (existsSync(REPORT)) {
  const { planted, noticed, leftOut, low, high } = estimate(readReport(REPORT))
  const whole = sample === null ? '' : `; of the whole between ${percent(low)} and ${percent(high)} (95 %)`
  process.stdout.write(`noticed ${String(noticed)} of ${String(planted)}, ${percent(noticed / planted)}${whole}; left out ${String(leftOut)}, which act while a module is loaded\n`)
}
process.exitCode = status ?? 1

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
