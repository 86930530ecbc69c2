/**
 * `npm run check:generators`: other people's tools take every bundled document, and what they make of it compiles.
 * They are many and large, so they have a lock file of their own in test/generators and are installed there, by this check only.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import pc from 'picocolors'
import { GENERATORS, run } from './check-generators/generators.js'
import { LINTERS, unusedExemptions } from './check-generators/linters.js'

const root = fileURLToPath(new URL('../', import.meta.url))
const home = join(root, 'test/generators')
const out = join(home, 'out')

if (!isInstalled()) execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: home, stdio: 'inherit', shell: process.platform === 'win32' })
rmSync(out, { recursive: true, force: true })

const documents = readdirSync(join(root, 'openapi/bundled')).filter((name) => name.endsWith('.json')).map((name) => join(root, 'openapi/bundled', name))
const jobs = documents.flatMap((document) => {
  const folder = join(out, basename(document, '.json'))
  mkdirSync(folder, { recursive: true })
  return [
    ...GENERATORS.map(({ name, make }) => ({ name, document, work: () => make({ home, document, folder }) })),
    ...LINTERS.map(({ name, lint }) => ({ name, document, work: () => lint({ home, root, document }) })),
  ]
})

let failed = 0
await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, async () => {
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) tell(`${basename(job.document)}: ${job.name}`, await job.work())
}))
const compiled = await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', home], root)
tell('what they made compiles', compiled.ok ? [] : compiled.output.split('\n').filter((line) => line !== '').map((line) => line.replace(`${relative(root, out)}/`, '')))
tell('no exemption is stale', unusedExemptions())
if (failed > 0) process.exitCode = 1

function tell(what: string, problems: readonly string[]): void {
  console.log(`${problems.length === 0 ? pc.green('✓') : pc.red('✗')} ${what}`)
  for (const problem of problems.slice(0, 20)) console.log(`    ${problem}`)
  if (problems.length > 0) failed += 1
}

/** Whether what lies there is what the lock file says; npm keeps a copy of it. */
function isInstalled(): boolean {
  const kept = join(home, 'node_modules/.package-lock.json')
  if (!existsSync(kept)) return false
  const versions = (file: string) => Object.entries((JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, { version?: string; optional?: boolean }> }).packages)
    .filter(([path, { optional }]) => path !== '' && optional !== true).map(([path, { version }]) => `${path} ${version ?? ''}`).sort()
  return versions(kept).join('\n') === versions(join(home, 'package-lock.json')).join('\n')
}
