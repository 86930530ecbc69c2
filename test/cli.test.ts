import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect as connectSocket, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { connect } from '../src/index.js'
import { packageFile } from '../src/paths.js'
import { begin, type Running, understudy } from './support/cli.js'

const running: Running[] = []
afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL')
})

/** Starts a stub. @returns it and where it answers */
async function start(...args: string[]) {
  const stub = begin(['start', '--port', '0', ...args])
  running.push(stub)
  const [, url = ''] = await stub.says(/control plane (http:\S+)\/__admin/)
  return { ...stub, url }
}

describe('understudy', () => {
  test('tells its version and how it is used', async () => {
    const { version } = JSON.parse(await readFile(packageFile, 'utf8')) as { version: string }
    expect(await understudy(['--version'])).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' })
    const help = await understudy(['--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    for (const command of ['start', 'list', 'exec', 'ctl']) expect(help.stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'))
  })

  test('lists the systems', async () => {
    const { code, stdout } = await understudy(['list'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^live +\d+ operations +\d+ codes +市场部直播/m)
    const rows: unknown = JSON.parse((await understudy(['list', '--json'])).stdout)
    expect(rows).toContainEqual(expect.objectContaining({ id: 'trid', operations: 3 }))
  })
})

describe('understudy start', () => {
  test('prints a table of what it serves, and serves it', async () => {
    const stub = await start('live', 'trid')
    stub.child.kill('SIGTERM')
    const { stdout, stderr, code } = await stub.ended
    const [first, second] = stdout.split('\n')
    expect(first).toMatch(new RegExp(`^live +${stub.url}/live +GET /live/auth/code|^live +${stub.url}/live +GET /auth/code`))
    expect(second).toMatch(new RegExp(`^trid +${stub.url}/trid +POST `))
    expect([code, stderr]).toEqual([0, ''])
  })

  test('shows in six lines where to go next, and behind them what is special about this start', async () => {
    const plain = await start('live')
    const next = ['SMS code ', `console       http://localhost:${new URL(plain.url).port}/ `, `reference     ${plain.url}/docs `, `control plane ${plain.url}/__admin `, 'tour ', 'phone ']
    plain.child.kill('SIGTERM')
    expect((await plain.ended).stdout.trimEnd().split('\n').slice(2)).toEqual(next.map((line) => expect.stringContaining(line) as unknown))
    const folder = await mkdtemp(join(tmpdir(), 'understudy-cli-'))
    const special = begin(['start', '--port', '0', 'live', '--lan', '--https', '--backend', 'live=http://127.0.0.1:1', '--backend-mode', 'live/auth=stub', '--backend-mode', 'liveGetMe=compare'], { env: { UNDERSTUDY_CONFIG_DIR: folder } })
    running.push(special)
    await special.says(/start page|in no network/)
    special.child.kill('SIGTERM')
    const [, six = '', facts = ''] = (await special.ended).stdout.split('\n\n')
    expect(six.split('\n').map((line) => line.split(/ {2,}/)[0]?.slice(0, 13).trimEnd())).toEqual(['SMS code', 'console', 'reference', 'control plane', 'tour', 'stop'])
    expect(facts.split('\n')).toEqual([expect.stringMatching(/^https +https:\/\/localhost:\d+$/), expect.stringMatching(/^real backend +live at http:\/\/127\.0\.0\.1:1, mode real, auth=stub, liveGetMe=compare$/), expect.stringMatching(/^admin token \S{20,}$/)])
    await rm(folder, { recursive: true })
  })

  test('serves a system alone at the root', async () => {
    const { url } = await start('live')
    expect(await (await fetch(`${url}/auth/code?mobile=13800003001`)).json()).toEqual({ code: 2000, desc: 'ok' })
  })

  test('makes and prints an admin token when it is opened to others, or takes the one given', async () => {
    const { says, url } = await start('live', '--host', '0.0.0.0')
    const [, made = ''] = await says(/^admin token (\S{20,})$/m)
    const given = await start('live', '--admin-token', 'open-sesame')
    await given.says(/^admin token as --admin-token says; tour, ctl and drift read it from UNDERSTUDY_ADMIN_TOKEN$/m)
    for (const [base, token] of [[url, made], [given.url, 'open-sesame']] as const) {
      expect((await fetch(`${base}/__admin/systems`)).status).toBe(401)
      expect((await fetch(`${base}/__admin/systems`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
    }
    // Whoever gave it knows it; others who see the screen do not.
    given.child.kill('SIGTERM')
    expect((await given.ended).stdout).not.toContain('open-sesame')
  })

  test('leaves the control plane and Prefer out, and keeps fewer sandboxes and calls, when told to', async () => {
    const plain = begin(['start', 'live', '--port', '0', '--no-admin', '--no-prefer'])
    running.push(plain)
    const [, url = ''] = await plain.says(/^live +(http:\S+) .*\n\nSMS code +123456, .*\nreference +\S+\/docs .*\ncontrol plane none, as --no-admin says\nphone /)
    expect(await (await fetch(`${url}/__admin/health`)).json()).toMatchObject({ code: 4000 })
    expect(await (await fetch(`${url}/users/my`, { headers: { prefer: 'error=API_BAD_REQUEST' } })).json()).toMatchObject({ code: 4010 })

    const small = await connect((await start('live', '--max-sandboxes', '2', '--journal', '1')).url)
    const [, , last] = [await small.sandbox(), await small.sandbox(), await small.sandbox()]
    for (const path of ['/users/my', '/users/1']) await fetch(last.baseUrl('live') + path)
    expect(await small.sandboxes()).toHaveLength(2)
    expect(await last.requests.list()).toMatchObject([{ request: { url: '/users/1' } }])
  })

  test('tells of a variable that is misspelt, and starts', async () => {
    const stub = begin(['start', 'live', '--port', '0', '--lan', '--admin-token', 'open-sesame', '--json'], { env: { UNDERSTUDY_SEDE: '7', UNDERSTUDY_KILLS: '1', UNDERSTUDY_SHOP_URL: 'http://localhost' } })
    running.push(stub)
    const [facts] = await stub.says(/^\{.*\}$/m)
    expect(JSON.parse(facts)).toMatchObject({ adminToken: null })
    stub.child.kill('SIGTERM')
    expect(await stub.ended).toMatchObject({ code: 0, stderr: 'warning: nobody reads UNDERSTUDY_SEDE. Did you mean "UNDERSTUDY_SEED"?\n' })
  })

  test('fails clearly on a taken port', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo // a TCP server that listens has one
    expect(await understudy(['start', 'live', '--port', String(port)])).toEqual({
      code: 1, signal: null, stdout: '', stderr: `error: port ${port} is taken; choose another with --port, or --port 0 for a free one\n`,
    })
    other.close()
  })

  test.each([['classic-level', ['--data', join(tmpdir(), 'never-made')], 'in a folder'], ['@redis/client', ['--engine', 'redis://127.0.0.1:1'], 'in Redis']])('fails clearly where %s is not installed, which not everybody needs', async (name, flags, where) => {
    const versions = JSON.parse(await readFile(new URL('../package-lock.json', import.meta.url), 'utf8')) as { packages: Record<string, { version: string } | undefined> } // npm's own file
    const loader = `export const resolve = (name, context, next) => { if (name === ${JSON.stringify(name)}) throw new Error('not there'); return next(name, context) }`
    const code = `import { register } from 'node:module'; register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(loader)}))`
    const ended = await understudy(['start', 'live', '--port', '0', ...flags], { env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` } })
    expect(ended).toMatchObject({ code: 1, stderr: `error: keeping sandboxes ${where} needs the package ${name}, which could not be loaded; install it with: npm install ${name}@${String(versions.packages[`node_modules/${name}`]?.version)}\n` })
  })

  test('fails clearly on an unknown system', async () => {
    const { code, stdout, stderr } = await understudy(['start', 'life'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^error: there is no system called "life"; there are (\w+, )*\w+\. Did you mean "live"\?\n$/)
  })

  test('takes a first word that is no system for a command', async () => {
    expect(await understudy(['strat', '--port', '0'])).toMatchObject({ code: 1, stdout: '', stderr: 'error: there is no command and no system called "strat". Did you mean "understudy start"?\n' })
    expect(await understudy(['start', 'strat'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: there is no system called "strat"; there are /) as unknown })
    expect(await understudy(['--sandbox', 'alice'])).toMatchObject({ code: 1, stderr: expect.stringContaining('drive one with "understudy ctl --sandbox alice"') as unknown })
  })

  test('says in one sentence what is wrong with a command line, and what was probably meant, whatever the command', async () => {
    const sentences: readonly (readonly [command: string, sentence: string])[] = [
      ['start --prot 4010', `unknown option '--prot'. Did you mean "--port"?`],
      ['--prot 4010', `unknown option '--prot'. Did you mean "--port"?`],
      ['list --jsn', `unknown option '--jsn'. Did you mean "--json"?`],
      ['ctl smms', `unknown command 'smms'. Did you mean "sms"?`],
      ['ctl sms --jsn', `unknown option '--jsn'. Did you mean "--json"?`],
      ['data --nothing-like-it', `unknown option '--nothing-like-it'`],
      ['start --port http', `option '-p, --port <number>' argument 'http' is invalid: a whole number is needed.`],
      ['ctl expire live 1 --which acces', `option '--which <token>' argument 'acces' is invalid. Allowed choices are access, refresh, both. Did you mean "access"?`],
      ['completion bsh', `command-argument value 'bsh' is invalid for argument 'bash|zsh|fish'. Allowed choices are bash, zsh, fish. Did you mean "bash"?`],
      ['ctl clock advance', `missing required argument 'duration'`],
      ['ctl clock advance -1h', 'a clock does not go back by a duration; "understudy ctl clock set <moment>" sets it back'],
    ]
    for (const [command, sentence] of sentences) expect(await understudy(command.split(' '))).toEqual({ code: 1, signal: null, stdout: '', stderr: `error: ${sentence}\n(add --help for more)\n` })
  })

  test.each([
    [['start', '--prot', '1'], /^error: unknown option '--prot'/],
    [['start', '--port', 'http'], /^error: option '-p, --port <number>' argument 'http' is invalid. a whole number is needed/],
    [['start', '--port', '65536'], /ports end at 65535/],
    [['start', '--max-sandboxes', '0'], /one at least is needed/],
    [['start', '--max-memory', '1mb'], /argument '1mb' is invalid. it has to be 512mb, 2gb or a number of bytes; 32mb at the least/],
    [['start', '--admin-token', 'two words'], /a token is made of ASCII characters without spaces/],
    [['start', 'live', '--host', '192.0.2.1'], /^error: 192\.0\.2\.1 is no address of this machine\n$/],
  ])('fails clearly on a bad flag: %s', async (args, message) => {
    const { code, stdout, stderr } = await understudy(args)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/^ +at /m)
  })

  test('on a signal cuts off what does not come to its end in a few seconds, and says so', async () => {
    const { url, child, ended } = await start('live')
    const slow = fetch(`${url}/auth/code?mobile=13800003001&__delay=60000`).catch((error: unknown) => error)
    const half = connectSocket(Number(new URL(url).port), '127.0.0.1')
    await once(half, 'connect')
    const idle = connectSocket(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined)
    await once(idle, 'connect')
    idle.pause().write('GET /channels/live HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(2000))
    await fetch(`${url}/__admin/sandboxes/default/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"system":"live","operationId":"liveGetMe","fault":{"kind":"slow","milliseconds":60000}}' })
    const trickle = (await fetch(`${url}/users/my`)).text().catch((error: unknown) => error)
    half.on('error', () => undefined).write('POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{')
    // Both are there when another call has been answered.
    await fetch(`${url}/__admin/sandboxes/default/faults`)
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: 0, signal: null, stderr: expect.stringMatching(/stopped; [34] connections .* were cut/) as unknown })
    for (const cut of [slow, trickle]) expect(await cut).toBeInstanceOf(TypeError)
  })

  test.each([['SIGINT', 130], ['SIGTERM', 143]] as const)('on a second %s ends at once, whatever is under way', async (signal, code) => {
    const { url, child, ended } = await start('live')
    const slow = fetch(`${url}/auth/code?mobile=13800003001&__delay=60000`).catch((error: unknown) => error)
    await fetch(`${url}/__admin/sandboxes/default/faults`)
    child.kill('SIGTERM')
    while (await reachable(url)) await new Promise(setImmediate)
    child.kill(signal)
    expect(await ended).toMatchObject({ code, signal: null, stderr: '' })
    expect(await slow).toBeInstanceOf(TypeError)
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('on %s finishes requests under way, takes no new ones and exits with 0', async (signal) => {
    const { child, ended, url } = await start('live')
    const body = '{"mobile":"13800003001","auth_code":"000000"}'
    const { hostname, port } = new URL(url)
    const socket = connectSocket(Number(port), hostname).setEncoding('utf8')
    let answer = ''
    socket.on('data', (text: string) => (answer += text))
    // The server says 100 Continue when it has begun with the request; its body comes after the signal.
    socket.write(`POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`)
    await once(socket, 'data')
    child.kill(signal)
    while (await reachable(url)) await new Promise(setImmediate)
    socket.write(body)
    await once(socket, 'close')
    expect(answer).toMatch(/HTTP\/1\.1 200 OK/)
    expect(answer).toContain('{"code":4011,"desc":"invalid auth code"}')
    expect(await ended).toMatchObject({ code: 0, signal: null, stderr: '' })
  })

  async function reachable(url: string): Promise<boolean> {
    return fetch(`${url}/__admin/health`).then(() => true, () => false)
  }
})

describe('understudy exec', () => {
  const SHOW = 'console.log([process.env.UNDERSTUDY_URL, process.env.UNDERSTUDY_LIVE_URL, process.env.UNDERSTUDY_TRID_URL].join(" "))'

  test('tells the command where everything is', async () => {
    const { code, stdout } = await understudy(['exec', '--systems', 'live,trid', '--', process.execPath, '-e', SHOW])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^(http:\/\/127\.0\.0\.1:\d+) \1\/live \1\/trid\n$/)
  })

  test('gives one argument to the shell', async () => {
    const { code, stdout } = await understudy(['exec', 'curl -s "$UNDERSTUDY_LIVE_URL/auth/code?mobile=13800003001" && exit 7'])
    expect([code, stdout]).toEqual([7, '{"code":2000,"desc":"ok"}'])
  })

  test('takes the port that it is given', async () => {
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const { port } = free.address() as AddressInfo // a TCP server that listens has one
    expect(await understudy(['exec', '--port', String(port), 'true'])).toMatchObject({ code: 1, stderr: `error: port ${port} is taken; choose another with --port, or --port 0 for a free one\n` })
    free.close()
    await once(free, 'close')
    expect((await understudy(['exec', '--systems', 'live', '--port', String(port), 'echo $UNDERSTUDY_URL'])).stdout).toBe(`http://127.0.0.1:${port}\n`)
  })

  test('ends as the command did: by its exit code or by its signal', async () => {
    expect(await understudy(['exec', '--systems', 'live', '--', process.execPath, '-e', 'process.exitCode = 42'])).toMatchObject({ code: 42, signal: null })
    expect(await understudy(['exec', '--systems', 'live', '--', process.execPath, '-e', 'process.kill(process.pid, "SIGTERM")'])).toMatchObject({ code: null, signal: 'SIGTERM' })
  })

  test('passes signals on, and outlives the command', async () => {
    const polite = 'process.on("SIGTERM", async () => { console.log((await fetch(process.env.UNDERSTUDY_URL + "/__admin/health")).status); process.exit(5) }); setInterval(() => {}, 1000); console.log("ready")'
    const exec = begin(['exec', '--systems', 'live', '--', process.execPath, '-e', polite])
    running.push(exec)
    await exec.says(/ready/)
    exec.child.kill('SIGTERM')
    expect(await exec.ended).toMatchObject({ code: 5, signal: null, stdout: 'ready\n200\n' })
  })

  test('says so when there is no such command or system', async () => {
    expect(await understudy(['exec', '--systems', 'live', '--', 'no-such-command', 'x'])).toMatchObject({ code: 127, stderr: 'error: there is no command called "no-such-command"\n' })
    expect(await understudy(['exec', '--systems', 'life', 'true'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: there is no system called "life"/) as unknown })
    expect(await understudy(['exec'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: missing required argument 'command'/) as unknown })
  })
})
