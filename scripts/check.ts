/**
 * `npm run check` (its part about the contract): one line per check, and below it what is wrong.
 *   --root DIR   another project folder
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import pc from 'picocolors'
import { checkProject } from './check/checks.js'

const { values } = parseArgs({ options: { root: { type: 'string', default: '.' } } })

for (const { name, problems } of await checkProject(resolve(values.root))) {
  console.log(`${problems.length === 0 ? pc.green('✓') : pc.red('✗')} ${name}`)
  for (const problem of problems) console.log(`    ${problem}`)
  if (problems.length > 0) process.exitCode = 1
}
