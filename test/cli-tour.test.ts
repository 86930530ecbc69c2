import { afterEach, expect, test } from 'vitest'
import { begin, type Running, understudy } from './support/cli.js'

const running: Running[] = []
afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL')
})

async function start(...args: string[]): Promise<string> {
  const stub = begin(['start', '--port', '0', ...args])
  running.push(stub)
  const [, url = ''] = await stub.says(/control plane (http:\S+)\/__admin/)
  return url
}

/** What came back at each step: HTTP status with Server-Status, and the code of the system where the answer has one. */
function answersOf(stdout: string): string[] {
  return [...stdout.matchAll(/^HTTP (\d+)(?: · Server-Status: (\w+))?\n(.*)$/gm)].map(([, status = '', announced, body = '']) => [status, announced, /^\{"code":(\d+)/.exec(body)?.[1]].filter((part) => part !== undefined).join(' '))
}

test('a tour of edu shows code, login, an expired token, a kick-out, an injected error and maintenance', async () => {
  const url = await start()
  const { code, stdout, stderr } = await understudy(['tour', '--url', url])
  expect([code, stderr]).toEqual([0, ''])
  expect(answersOf(stdout)).toEqual(['200 900', '200', '200 900', '200 900', '200', '400 899', '200 900', '200', '401 903', '201', '400 906', '200', '503 upgrading 905'])
  // In a sandbox of its own, whose calls the console shows.
  const [, box = ''] = /console: \S+\/__console\/@([\w-]+)\/calls\n$/.exec(stdout) ?? []
  const { sandboxes } = (await (await fetch(`${url}/__admin/sandboxes`)).json()) as { sandboxes: { name: string }[] }
  expect(sandboxes.map(({ name }) => name)).toEqual([box])
})

test('of a stub that asks for a token the first screen shows how the tour is had, and without it the tour says what to give', async () => {
  const stub = begin(['start', 'live', '--port', '0', '--host', '0.0.0.0'])
  running.push(stub)
  const [, url = '', ...flags] = (await stub.says(/^tour +understudy tour --url (\S+) (--token) (\S+) /m)).slice(0, 4)
  expect(await understudy(['tour', '--url', url, ...flags])).toMatchObject({ code: 0, stderr: '' })
  for (const [given, said] of [[[], 'its'], [['--token', 'sesame'], 'another']] as const) {
    for (const command of [['tour'], ['ctl', 'clock'], ['drift']]) {
      const { code, stderr } = await understudy([...command, '--url', url, ...given])
      expect([code === 0, stderr]).toEqual([false, expect.stringContaining(`asks for ${said} admin token, which it was given or printed at its start; give it with --token, or UNDERSTUDY_ADMIN_TOKEN`)])
    }
  }
})

test('every line of a tour can be pasted into a terminal', async () => {
  const url = await start('live')
  const { stdout } = await understudy(['tour', '--url', url, '--lang', 'zh'])
  expect(answersOf(stdout)).toEqual(['200 2000', '200 2000', '200 2000', '200 2000', '200', '200 4011', '201', '200 4010', '200', '200 4010', '200', '503 upgrading'])
  expect(stdout).toMatch(/^3\. 查询当前登录的用户。$/m)
  const [first = ''] = /^\$ curl .*$/m.exec(stdout) ?? []
  expect(first).toMatch(/^\$ curl 'http:\S+\/live\/auth\/code\?mobile=13800003001'$/)
  // Its sandbox is left as the story ends: in maintenance.
  expect((await fetch(first.slice("$ curl '".length, -1))).headers.get('server-status')).toBe('upgrading')
})

test('a tour, and where everything is, can be had as JSON', async () => {
  const stub = begin(['start', 'live', 'trid', '--port', '0', '--json'])
  running.push(stub)
  const [line] = await stub.says(/^\{.*\}\n/)
  const { url, ...facts } = JSON.parse(line) as { url: string }
  expect(facts).toEqual({
    secureUrl: null, systems: [{ id: 'live', url: `${url}/live` }, { id: 'trid', url: `${url}/trid` }],
    reference: `${url}/docs`, console: `${url}/`, controlPlane: `${url}/__admin`, adminToken: null, backends: [], ways: [],
  })
  const { code, stdout } = await understudy(['tour', '--url', url, '--json'])
  const { sandbox, steps } = JSON.parse(stdout) as { sandbox: string; steps: object[] }
  expect([code, sandbox, steps.length]).toEqual([0, 'box-1', 12])
  expect(steps.at(-1)).toMatchObject({ status: 503, serverStatus: 'upgrading', curl: expect.stringMatching(/^curl 'http:/) as unknown })
})

test('the first screen names the commands that there are where it was started', async () => {
  for (const [script, owner, tour, phones] of [
    ['start', 'an-app', /^tour +understudy tour --url http:\S+ /m, /^phone +understudy start --lan /m],
    ['start', 'understudy', /^tour +npm run tour -- --url http:\S+ /m, /^phone +npm start -- --lan /m],
    ['dev', 'understudy', /^tour +npm run tour -- --url http:\S+ /m, /^phone +npm run dev -- --lan /m],
  ] as const) {
    const stub = begin(['start', 'live', '--port', '0'], { env: { npm_lifecycle_event: script, npm_package_name: owner } })
    running.push(stub)
    await stub.says(tour)
    await stub.says(phones)
  }
})

test('a tour that cannot be played says why', async () => {
  const url = await start('trid')
  expect(await understudy(['tour', '--url', url])).toMatchObject({ code: 1, stdout: '', stderr: 'error: there is no tour of any of trid on this stub\n' })
  expect(await understudy(['tour', 'live', '--url', url])).toMatchObject({ code: 1, stdout: '', stderr: 'error: there is no tour of live on this stub\n' })
  expect(await understudy(['tour', 'trdi', '--url', url])).toMatchObject({ code: 1, stdout: '', stderr: 'error: there is no tour of trdi on this stub. Did you mean "trid"?\n' })
  expect(await understudy(['tour', '--url', 'http://127.0.0.1:1'])).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing answers at http://127.0.0.1:1') as unknown })
})
