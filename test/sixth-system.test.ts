import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const copy = mkdtempSync(join(tmpdir(), 'understudy-sixth-'))
afterAll(() => {
  rmSync(copy, { recursive: true, force: true })
})

/** Runs one of the project's own tools in the copy. */
function run(tool: string, ...args: string[]): string {
  return execFileSync(join(copy, 'node_modules', '.bin', tool), args, { cwd: copy, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

test('a sixth system is one document, one folder of fixtures and one folder of code; it compiles and conforms', () => {
  for (const name of ['src', 'scripts', 'openapi', 'fixtures', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts', 'redocly.yaml']) cpSync(join(root, name), join(copy, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  run('tsx', 'scripts/new-system.ts', 'zine')
  run('tsx', 'scripts/generate.ts')
  expect(readdirSync(join(copy, 'src', 'contract'))).toContain('zine.gen.ts')
  run('tsc', '--noEmit', '-p', '.')
  const report: unknown = JSON.parse(run('vitest', 'run', 'test/conformance.test.ts', '-t', 'zine', '--reporter=json'))
  expect(report).toMatchObject({ success: true, numFailedTests: 0, numPassedTests: 8 })
}, 300_000)
