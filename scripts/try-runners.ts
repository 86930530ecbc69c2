/** What a user of Jest or Playwright does: install the runner beside the package, take what docs/runners.md shows, run it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './pack.js'
import type { Consumer } from './try-package.js'

const GUIDE = join(import.meta.dirname, '../docs/runners.md')

/** The versions that the guide was tried with. */
export const RUNNERS = ['jest@30.5.2', '@playwright/test@1.65.1']

/** What the guide does not show, and CommonJS has to be able to do as well: records over REST, clients, error names. */
const BESIDES = `
const { classifyResult } = require('understudy/errors')
const { createLiveClient } = require('understudy/contract/live')

test('what is loaded late is found too', async () => {
  const box = await stub.sandbox()
  expect(await box.db('live').list('users')).toHaveLength(3)
  const live = createLiveClient({ baseUrl: box.baseUrl('live') })
  expect(classifyResult('live', await live.GET('/users/my'))).toMatchObject({ condition: 'unauthenticated' })
})
`

const PLAYWRIGHT = `
import { expect, test } from './fixtures.js'

test('nobody is logged in yet', async ({ box }) => {
  await expect(await box.client('live').GET('/users/my')).toFailWith('API_UNAUTHORIZED')
})
`

/** A world larger than the fixtures needs faker, which is a module; node:module finds it for \`require\`. */
const SCALED = `
const { createStub } = require('understudy')
createStub({ systems: ['job'], scale: 50, listen: false }).then(async (stub) => {
  const heavy = () => Object.keys(require.cache).filter((file) => /node_modules.(busboy|json-server)/.test(file)).length
  const early = heavy()
  const box = await stub.sandbox()
  console.log(JSON.stringify({ jobs: (await box.db('job').list('jobs', { _sort: 'id' })).length > 50, early, late: heavy() > 0 }))
  await stub.close()
})
`

/**
 * Runs the guide's test with Jest as it comes, without flags or settings.
 * @param project a project of CommonJS that has the package and Jest
 * @throws Error with what Jest wrote if a test fails
 */
export function runJest(project: Consumer): void {
  writeFileSync(join(project.folder, 'guide.test.js'), shown('Jest') + BESIDES)
  run(project.node, [join(project.folder, 'node_modules/jest/bin/jest.js'), '--ci', 'guide.test.js'], project.folder)
}

/** The same with Playwright, fixtures as the guide shows them. No browser is needed: the test opens no page. */
export function runPlaywright(project: Consumer): void {
  writeFileSync(join(project.folder, 'fixtures.ts'), shown('Playwright'))
  writeFileSync(join(project.folder, 'guide.spec.ts'), PLAYWRIGHT)
  run(project.node, [join(project.folder, 'node_modules/@playwright/test/cli.js'), 'test', 'guide.spec.ts'], project.folder)
}

/** @returns what a program of CommonJS saw of a stub with a large world */
export function runScaled(project: Consumer): unknown {
  return JSON.parse(run(project.node, ['--input-type=commonjs', '--eval', SCALED], project.folder))
}

/** @returns the first block of code under a heading of the guide */
function shown(title: string): string {
  const code = new RegExp(`^## ${title}$[\\s\\S]*?^\`\`\`\\w+\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(readFileSync(GUIDE, 'utf8'))?.[1]
  if (code === undefined) throw new Error(`${GUIDE} shows nothing for ${title}`)
  return code
}
