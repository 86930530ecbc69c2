/** The recipes for a real backend, each run as it is written there. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { startLiveBackend } from './backends/live.js'
import { createStub } from '../src/index.js'
import { blocksOf } from './support/markdown.js'
import { Project } from './support/project.js'
import { runRecipe } from './support/recipe.js'

const recipes = blocksOf(await readFile(fileURLToPath(new URL('../docs/real-backend.md', import.meta.url)), 'utf8'))
const project = await Project.make()
afterAll(() => project.remove())

const shell = recipes.filter(({ language }) => language === 'bash')

test('there are recipes for each matter', () => {
  expect(shell.map(({ title }) => title)).toEqual(['Who answers', 'Part of a system', 'One login for both', 'One login for both', 'A backend that fails', 'Drift', 'From real records to a scenario'])
})

test.each(shell)('$title: in the shell', async ({ code }) => {
  await runRecipe(project, code)
})

test('with the test API', async () => {
  for (const [index, { code }] of recipes.filter(({ language }) => language === 'ts').entries()) await project.write(`recipe-${String(index)}.test.ts`, code)
  const { code, stdout, stderr } = await project.vitest('recipe-')
  expect(code, stdout + stderr).toBe(0)
})

/** What SARIF 2.1.0 asks of a log (its sections 3.13, 3.14, 3.18, 3.19 and 3.49), as far as it is no result. */
interface Sarif {
  readonly version: string
  readonly $schema: string
  readonly runs: readonly { readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string; readonly shortDescription: { readonly text: string } }[] } }; readonly results: readonly unknown[] }[]
}

test('the report in its four forms and two languages, and what its exit code says', async () => {
  const real = await startLiveBackend()
  const stub = await createStub({ systems: ['live'], backends: { live: real.url } })
  const report = (...flags: readonly string[]) => project.run('understudy', ['drift', '--url', stub.url, ...flags])
  expect((await report()).code).toBe(2)
  const box = await stub.sandbox('default')
  await box.fetch('/live/auth/code?mobile=13800003001')
  expect(await report('--lang', 'zh')).toMatchObject({ code: 0, stdout: expect.stringContaining('没有发现差别') as string })
  real.depart({ kind: 'wrongCode', at: '/auth/login' })
  await box.fetch('/live/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"mobile":"13800003001","auth_code":"<script>|"}' })
  const markdown = await report('--lang', 'zh')
  expect(markdown).toMatchObject({ code: 1, stdout: expect.stringContaining('| `/code` | 未列出的状态码 | 1 |') as string })
  expect(markdown.stdout).toContain('live-q5 登录成功的状态码')
  expect((await report('--format', 'html')).stdout).toMatch(/^<!doctype html><html lang="en">.*undocumented code.*liveLogin: 1 calls, 1 with a difference/s)
  expect(JSON.parse((await report('--format', 'json')).stdout)).toMatchObject({ drift: [{ kind: 'undocumentedCode' }] })
  const { version, $schema, runs } = JSON.parse((await report('--format', 'sarif', '--lang', 'zh')).stdout) as Sarif
  expect([version, runs.length]).toEqual(['2.1.0', 1])
  expect(new URL($schema).pathname).toBe('/sarif-2.1.0.json')
  const { driver } = runs[0]?.tool ?? {}
  expect(driver?.name).toBe('understudy')
  expect(driver?.rules.every(({ id, shortDescription }) => id !== '' && shortDescription.text !== '')).toBe(true)
  const rules = driver?.rules.map(({ id }) => id) ?? []
  expect(new Set(rules).size).toBe(rules.length)
  expect(rules).toContain('undocumentedCode')
  expect(runs[0]?.results).toEqual([{
    ruleId: 'undocumentedCode',
    level: 'error',
    message: { text: expect.stringMatching(/^liveLogin \/code: 未列出的状态码 \(×1\)\. .*live-q5/) as string },
    locations: [{ physicalLocation: { artifactLocation: { uri: 'openapi/live.yaml' } }, logicalLocations: [{ name: 'liveLogin', fullyQualifiedName: 'live/liveLogin /code' }] }],
    partialFingerprints: { understudyDrift: 'live/liveLogin/undocumentedCode//code' },
    occurrenceCount: 1,
  }])
  await stub.close()
  await real.close()
})
