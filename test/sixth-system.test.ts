import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { checkWalls } from '../scripts/check/walls.js'
import { loadProject } from '../scripts/generate/load.js'
import { whyNoId } from '../scripts/system-ids.js'
import { copyRepository, TESTS } from './support/repository.js'

const root = fileURLToPath(new URL('../', import.meta.url))
const copy = mkdtempSync(join(tmpdir(), 'understudy-sixth-'))
afterAll(() => {
  rmSync(copy, { recursive: true, force: true })
})

/** Runs one of the project's own tools in the copy. */
function run(tool: string, ...args: string[]): string {
  return execFileSync(join(copy, 'node_modules', '.bin', tool), args, { cwd: copy, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** A test that somebody writes with the sixth system; it compiles only if its types are known. */
const PROBE = `import type { Box } from '../src/index.js'

export async function story(box: Box): Promise<string> {
  const { data } = await box.client('sixth').POST('/login', { body: { phone: '13800009001', code: '123456' } })
  // @ts-expect-error a login has no such code
  if (data?.code === 4) return ''
  // @ts-expect-error no such path
  await box.client('sixth').GET('/logins')
  await box.faults.next('sixth', 'sixthLogin', { kind: 'error', error: 'WRONG_CODE' })
  // @ts-expect-error it has no socket
  await box.faults.next('sixth', 'sixthPushOpen', { kind: 'drop' })
  const [user] = await box.db('sixth').list('users')
  const name: string | undefined = user?.name
  return data?.code === 0 ? data.data.token : (name ?? '')
}
`

test('a sixth system is one document, one folder of fixtures and one folder of code; it compiles, tests know its types, and it conforms', () => {
  copyRepository(copy, TESTS)
  run('tsx', 'scripts/new-system.ts', 'sixth')
  // A word that the house itself uses everywhere, as a system may well be called.
  run('tsx', 'scripts/new-system.ts', 'user')
  run('tsx', 'scripts/new-system.ts', 'contracts')
  run('tsx', 'scripts/generate.ts')
  expect(readdirSync(join(copy, 'src', 'generated'))).toContain('sixth')
  writeFileSync(join(copy, 'test', 'sixth-probe.ts'), PROBE)
  run('tsc', '--noEmit', '-p', '.')
  expect(checkWalls(loadProject(copy))).toEqual([])
  const report: unknown = JSON.parse(run('vitest', 'run', '--project', 'node', 'test/conformance.test.ts', '-t', 'sixth', '--reporter=json'))
  expect(report).toMatchObject({ success: true, numFailedTests: 0, numPassedTests: 9 })
}, 300_000)

test.each([
  ['class', 'class is a word of the language'],
  ['default', 'default is a word of the language'],
  ['static', 'static is a word of the language'],
  ['constructor', 'constructor is a word of the language'],
  ['docs', '/docs is a path of the server itself'],
  ['control', 'openapi/control is a document of Understudy itself'],
  ['contract', 'contract is a name that the code of a system uses already'],
  ['string', 'string is a name that the code of a system uses already'],
  ['live', 'There is a system live already.'],
  ['Shop', 'An id is 2 to 16 lower-case letters and digits'],
  ['data', 'data is a word that Understudy uses itself'],
  ['answers', 'answers is a word that Understudy uses itself'],
  ['session', 'session is a word that Understudy uses itself'],
  ['errors', 'docs/review/errors.md is a page of the review itself'],
  ['questions', 'docs/review/questions.md is a page of the review itself'],
  ['con', 'Windows has no file called con'],
  ['lpt1', 'Windows has no file called lpt1'],
])('no system can be called %s, and the reason is said at once', (id, reason) => {
  expect(whyNoId(root, id)).toContain(reason)
})

test.each(['user', 'order2', 'shop', 'pay', 'message', 'error', 'systems', 'contracts'])('a system may be called %s', (id) => {
  expect(whyNoId(root, id)).toBeNull()
})
