/**
 * `npm run check` (its part about the contract): one line per check, and below it what is wrong.
 *   --root DIR   another project folder
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import pc from 'picocolors'
import { progressOn } from '../src/cli/output.js'
import { checkProject } from './check/checks.js'

const { values } = parseArgs({ options: { root: { type: 'string', default: '.' } } })

const at = progressOn()
const checks = await checkProject(resolve(values.root), at)
at('')
for (const { name, problems } of checks) {
  console.log(`${problems.length === 0 ? pc.green('✓') : pc.red('✗')} ${name}`)
  for (const problem of problems) console.log(`    ${problem}`)
  if (problems.length > 0) process.exitCode = 1
}
