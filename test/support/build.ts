/** Command line and console are always things that were built, in tests as well: what runs in a process of its own starts five times as fast as from the sources. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Run by Vitest once before all tests, and before tests that run again because somebody edits. @throws Error when the sources cannot be built, which the build has told then */
export function setup(project: TestProject): void {
  build()
  project.onTestsRerun(async () => { build() })
}

function build(): void {
  execFileSync(process.execPath, ['scripts/build.js', '--js'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
}
