/** Whether the generated files of a checkout are those that its documents, fixtures and generators make. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { packageFile } from '../../paths.js'
import type { DoctorFinding } from './finding.js'

/** What generated files are made of and by, and they themselves. */
const PARTS = ['openapi', 'fixtures', 'scripts', 'src', 'package-lock.json']

/**
 * Generating everything takes many seconds; so what was found well is remembered, and looked at again once a file differs.
 * @param at told that it takes a while
 * @param root the checkout
 * @returns nothing outside of one
 */
export async function generated(at: (step: string) => void, root = dirname(packageFile)): Promise<DoctorFinding[]> {
  const [script, runner] = [join(root, 'scripts/generate.ts'), join(root, 'node_modules/tsx/dist/cli.mjs')]
  if (!existsSync(script) || !existsSync(runner)) return []
  const well: DoctorFinding = { about: 'generated', state: 'good', text: 'as openapi/ and fixtures/ make it' }
  const remembered = join(root, 'node_modules/.cache/understudy/generated')
  const parts = await hashOf(root)
  if ((await readFile(remembered, 'utf8').catch(() => null)) === parts) return [well]
  at('generating everything once more to compare, for something was edited since the last look')
  const said = await new Promise<string | null>((resolve) => {
    execFile(process.execPath, [runner, script, '--check'], { cwd: root }, (error, stdout, stderr) => { resolve(error === null ? null : `${stderr}${stdout}`.trim().split('\n')[0] ?? '') })
  })
  at('')
  if (said !== null) return [{ about: 'generated', state: 'bad', text: `${said}; npm run generate` }]
  // Where it cannot be remembered it takes as long the next time.
  await mkdir(dirname(remembered), { recursive: true }).then(() => writeFile(remembered, parts)).catch(() => undefined)
  return [well]
}

async function hashOf(root: string): Promise<string> {
  const hash = createHash('sha256')
  for (const part of PARTS) {
    const entries = await readdir(join(root, part), { recursive: true, withFileTypes: true }).catch(() => null)
    const files = entries === null ? [join(root, part)] : entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort()
    for (const file of files) hash.update(`${file}\0`).update(await readFile(file).catch(() => '')).update('\0')
  }
  return hash.digest('hex')
}
