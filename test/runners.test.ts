/** The guide to test runners: what it shows is run, where the runner is at hand. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { nodeFlags } from './support/cli.js'
import { blocksOf } from './support/markdown.js'
import { Project } from './support/project.js'

const guide = await readFile(fileURLToPath(new URL('../docs/runners.md', import.meta.url)), 'utf8')
const blocks = blocksOf(guide)
const project = await Project.make()
afterAll(() => project.remove())

/** @returns the first block of code under a heading */
function shown(title: string): string {
  return blocks.find((block) => block.title === title)?.code ?? expect.fail(`nothing under ${title}`)
}

test('there is something for each runner', () => {
  expect([...new Set(blocks.map(({ title }) => title))]).toEqual(['Vitest', 'Jest', 'node:test', 'Playwright', 'Cypress'])
})

test('Vitest', async () => {
  await project.write('guide.test.ts', shown('Vitest'))
  const { code, stdout, stderr } = await project.vitest('guide')
  expect(code, stdout + stderr).toBe(0)
  expect(stdout).toMatch(/Tests +1 passed/)
})

test('node:test', async () => {
  const file = await project.write('guide.mjs', shown('node:test'))
  const { code, stdout, stderr } = await project.run(process.execPath, [...nodeFlags, '--test', '--test-reporter=tap', file])
  expect(code, stdout + stderr).toBe(0)
  expect(stdout).toContain('# pass 1')
})

test('Cypress: the process of the configuration answers the tasks of a spec', async () => {
  // What Cypress gives to a configuration, and what it does with the tasks.
  await project.write('play.cjs', `
    require('node:module')._load = ((load) => (name, ...rest) => name === 'cypress' ? { defineConfig: (config) => config } : load(name, ...rest))(require('node:module')._load)
    const { e2e } = require('./cypress.config.cjs')
    const on = {}
    e2e.setupNodeEvents((name, what) => { on[name] = what }).then(async () => {
      const api = await on.task.sandbox('login')
      const fault = await on.task.fail({ name: 'login', operation: 'liveLogin', error: 'API_INVALID_AUTH_CODE' })
      const answer = await (await fetch(api + '/auth/login', { method: 'POST', body: '{}' })).json()
      const nothing = await on.task.reset('login')
      console.log(JSON.stringify({ path: new URL(api).pathname, fault: typeof fault, code: answer.code, nothing }))
      await on['after:run']()
    })`)
  await project.write('cypress.config.cjs', shown('Cypress'))
  const { code, stdout, stderr } = await project.run(process.execPath, [...nodeFlags, 'play.cjs'])
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ path: '/@login/live', fault: 'string', code: 4011, nothing: null })
})
