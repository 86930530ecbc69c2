/** The fixtures of `understudy/testing`, and what a failed test leaves behind. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { connect, createStub, type Snapshot } from '../src/index.js'
import { type Box, playwrightFixtures, type Stub } from '../src/testing/index.js'
import { beginProcess } from './support/cli.js'
import { Project } from './support/project.js'

const project = await Project.make()
afterAll(() => project.remove())

const STORY = `
import { writeFileSync } from 'node:fs'
import { describe } from 'vitest'
import { expect, stubTest } from 'understudy/testing/vitest'

const test = stubTest({ systems: ['live'] })
const seen = []

describe('a login', () => {
  test('has a sandbox', async ({ stub, box }) => {
    seen.push(stub.url)
    await box.client('live').GET('/auth/code', { params: { query: { mobile: '13800003001' } } })
    await expect(box.client('live').POST('/auth/login', { body: { mobile: '13800003001', auth_code: '123456' } })).toFailWith('API_INVALID_AUTH_CODE')
  })
  test('and another one', async ({ stub, box }) => {
    seen.push(stub.url)
    expect(await box.requests.count()).toBe(0)
    writeFileSync('seen.json', JSON.stringify(seen))
  })
  test('that may be gone before its time', async ({ box }) => {
    await box.delete()
  })
})
`

test('Vitest: a failed test keeps its sandbox and its calls, and tells where', async () => {
  await project.write('story.test.ts', STORY)
  const { code, stdout, stderr } = await project.vitest('story')
  expect(code).toBe(1)
  expect(stdout).toMatch(/Tests +1 failed \| 2 passed/)
  expect(stderr).toContain('expected the answer of live to fail with API_INVALID_AUTH_CODE (code 4011, smsCodeInvalid: ')
  expect(stderr).toContain('but it succeeded (API_OK, code 2000, ok)')
  const [, place = ''] = /the sandbox of this test is kept in (\S+)/.exec(stderr) ?? []
  expect(place).toMatch(/^test-results\/understudy\/.*a-login-has-a-sandbox$/)

  const kept = async (name: string) => JSON.parse(await readFile(join(project.folder, place, name), 'utf8')) as unknown
  expect(await kept('requests.json')).toMatchObject([{ operationId: 'liveSendCode' }, { operationId: 'liveLogin' }])
  await using stub = await createStub({ systems: ['live'] })
  const again = await stub.sandbox({ snapshot: (await kept('snapshot.json')) as Snapshot }) // the stub refuses what is none
  expect(await again.sessions.list()).toMatchObject([{ system: 'live', state: 'active' }])

  const [first, second] = JSON.parse(await readFile(join(project.folder, 'seen.json'), 'utf8')) as [string, string] // as the story writes it
  expect(first).toBe(second)
})

test('Vitest: failed tests of one name leave a folder each', async () => {
  await project.write('namesakes.test.ts', `
    import { expect, stubTest } from 'understudy/testing/vitest'
    const test = stubTest({ systems: ['live'] })
    for (const mobile of ['13800003001', '13800003002']) test('asks for a code', async ({ box }) => {
      await box.client('live').GET('/auth/code', { params: { query: { mobile } } })
      expect(mobile).toBe('')
    })
  `)
  const { stderr } = await project.vitest('namesakes')
  const places = [...stderr.matchAll(/the sandbox of this test is kept in (\S+)/g)].map(([, place = '']) => place)
  expect(places).toEqual([expect.stringMatching(/asks-for-a-code$/), expect.stringMatching(/asks-for-a-code-2$/)])
  const asked = await Promise.all(places.map(async (place) => JSON.parse(await readFile(join(project.folder, place, 'requests.json'), 'utf8')) as { request: { url: string } }[])) // as the fixture writes it
  expect(asked.map(([call]) => call?.request.url)).toEqual(['/auth/code?mobile=13800003001', '/auth/code?mobile=13800003002'])
})

test('Vitest: the stub that "understudy exec" has started is used, and left clean', async () => {
  await project.write('shared.test.ts', "import { expect, test } from 'understudy/testing/vitest'\ntest('shared', ({ stub, box }) => { expect(box.baseUrl('live')).toBe(`${process.env['UNDERSTUDY_LIVE_URL'].replace('/live', '')}/@${box.name}/live`) })\n")
  await using stub = await createStub({ systems: ['live'] })
  const { code, stdout } = await beginProcess(process.execPath, [join(process.cwd(), 'node_modules/vitest/vitest.mjs'), 'run', '--root', project.folder, 'shared'], {
    cwd: project.folder, env: { UNDERSTUDY_URL: stub.url, UNDERSTUDY_LIVE_URL: `${stub.url}/live` },
  }).ended
  expect(code, stdout).toBe(0)
  expect(await stub.sandboxes()).toEqual([])
})

describe('Playwright', () => {
  /** Plays Playwright: sets the fixtures up, runs the story, tears them down. */
  async function play(status: string, story: (box: Box, stub: Stub) => Promise<void>) {
    const { stub: [makeStub, { scope }], box: makeBox } = playwrightFixtures({ systems: ['live'] })
    expect(scope).toBe('worker')
    const attached = new Map<string, unknown>()
    const info = {
      status,
      expectedStatus: 'passed',
      attach: async (name: string, { body, contentType }: { body: string; contentType: string }) => {
        expect(contentType).toBe('application/json')
        attached.set(name, JSON.parse(body))
      },
    }
    await makeStub({}, async (stub) => {
      await makeBox({ stub }, (box) => story(box, stub), info)
      expect(await stub.sandboxes()).toEqual([])
    })
    return attached
  }

  test('a test that passes leaves nothing', async () => {
    let url = ''
    const attached = await play('passed', async (_box, stub) => {
      url = stub.url
    })
    expect(attached.size).toBe(0)
    await expect(connect(url)).rejects.toThrow('nothing answers')
  })

  test('a test that fails has its sandbox and its calls attached', async () => {
    const attached = await play('failed', async (box) => {
      await fetch(`${box.baseUrl('live')}/users/my`)
    })
    expect(attached.get('snapshot.json')).toMatchObject({ format: 'understudy-snapshot', requests: 1 })
    expect(attached.get('requests.json')).toMatchObject([{ operationId: 'liveGetMe', error: 'API_UNAUTHORIZED' }])
  })
})
