/** One configuration file for every command, as a user writes it, read by the real command line. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defineConfig } from '../src/index.js'
import { whereAndWhy } from '../src/plain/where.js'
import { begin, type Running, understudy } from './support/cli.js'
import { freePort } from './support/redis.js'

let folder = ''
const running: Running[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-config-'))
})
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
  rmSync(folder, { recursive: true, force: true })
})

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

/** Runs a command in the folder. */
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => understudy(args, { cwd: folder, env })

interface Shown {
  readonly value: unknown
  readonly from: string
  readonly name: string | null
}

/** @returns what `understudy config` says, by key */
async function held(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Record<string, Shown>> {
  const { stdout, stderr, code } = await run(['config', '--json', ...args], env)
  expect([code, stderr]).toEqual([0, ''])
  const { settings } = JSON.parse(stdout) as { settings: (Shown & { key: string })[] }
  return Object.fromEntries(settings.map(({ key, ...shown }) => [key, shown]))
}

describe('a configuration file', () => {
  test('in TypeScript, with what it imports, says what a stub is; understudy is there though nothing is installed', async () => {
    write({
      'understudy.config.ts': `
        import { defineConfig, loadSystems } from 'understudy'
        import { seed } from './team/seed.ts'
        const [live] = await loadSystems(['live'])
        if (live === undefined) throw new Error('no live')
        export default defineConfig({ systems: ['trid', { ...live, hint: 'the hint of our own live' }], port: 0, seed })
      `,
      'team/seed.ts': 'export const seed: number = 7 satisfies number',
    })
    const stub = begin(['start'], { cwd: folder })
    running.push(stub)
    const [, url = ''] = await stub.says(/^trid +http.*\nlive +(http:\S+)\/live +the hint of our own live\n/m)
    expect(await (await fetch(`${url}/__admin/health`)).json()).toMatchObject({ seed: '7', systems: ['live', 'trid'] })
    expect((await fetch(`${url}/live/auth/code?mobile=13800003001`)).status).toBe(200)
  })

  test.each([
    ['understudy.config.mjs', 'export default { seed: 3 }'],
    ['understudy.config.js', 'module.exports = { seed: 3 }'],
    ['understudy.config.cjs', 'module.exports = { seed: 3 }'],
    ['understudy.config.mts', 'export default { seed: 3 as number }'],
    ['understudy.config.json', '{ "seed": 3 }'],
  ])('may be %s', async (name, text) => {
    write({ [name]: text })
    expect((await held([]))['seed']).toEqual({ value: 3, from: 'file', name: join(folder, name) })
  })

  test('may bring an engine along, which is shown by its name', async () => {
    write({ 'understudy.config.ts': "import { defineConfig, memoryEngine } from 'understudy'\nexport default defineConfig({ engine: memoryEngine() })\n" })
    expect((await held([]))['engine']).toMatchObject({ value: 'engine memory', from: 'file' })
  })

  test('is weaker than flags and stronger than the environment, which is stronger than what is usual', async () => {
    write({ 'understudy.config.json': JSON.stringify({ seed: 3, journal: 30, allowedOrigins: ['http://localhost:1'], backends: { live: 'https://staging.example/live', job: { url: 'https://staging.example/job', mode: 'compare' } } }) })
    const shown = await held(['live', 'job', 'edu', '--seed', '4', '--backend', 'live=https://other.example', '--backend-mode', 'live=real-or-stub'], { UNDERSTUDY_SEED: '5', UNDERSTUDY_JOURNAL: '6', UNDERSTUDY_SCALE: '8', UNDERSTUDY_ALLOW_ORIGIN: 'http://localhost:2' })
    const file = { from: 'file', name: join(folder, 'understudy.config.json') }
    expect(shown).toMatchObject({
      systems: { value: ['live', 'job', 'edu'], from: 'flag' },
      seed: { value: 4, from: 'flag', name: '--seed' },
      journal: { value: 30, ...file },
      scale: { value: 8, from: 'environment', name: 'UNDERSTUDY_SCALE' },
      allowedOrigins: { value: ['http://localhost:1'], ...file },
      port: { value: 4010, from: 'default', name: null },
      'backends.live': { value: { url: 'https://other.example', mode: 'real-or-stub' }, from: 'flag', name: '--backend' },
      'backends.job': { value: { url: 'https://staging.example/job', mode: 'compare' }, ...file },
    })
  })

  test('HTTPS is turned on and off by its variable, which has to say which of both', async () => {
    for (const [said, https] of [['true', true], ['1', true], ['false', false], ['0', false], ['', false]] as const) expect((await held([], { UNDERSTUDY_HTTPS: said }))['https']).toMatchObject({ value: https })
    expect(await run(['config'], { UNDERSTUDY_HTTPS: 'maybe' })).toMatchObject({ code: 1, stderr: 'error: UNDERSTUDY_HTTPS is "maybe"; it has to be true or false\n' })
  })

  test('a backend that cannot be what it is is told of by its place, by whatever shows or starts it', async () => {
    const wrong = async (backend: object, sentence: string) => {
      write({ 'understudy.config.json': JSON.stringify({ systems: ['live'], backends: { live: { url: 'https://staging.example', ...backend } } }) })
      for (const command of [['config'], ['start', '--port', '0']]) expect(await run(command)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error: understudy\.config\.json:1:\d+: /) as unknown })
      expect((await run(['config'])).stderr.replace(/:1:\d+: /, ' ')).toBe(`error: understudy.config.json ${sentence}\n`)
    }
    await wrong({ operatons: { channels: 'stub' } }, 'backends.live.operatons: a backend has no "operatons"; it has url, mode, operations, timeout, sameData, credentials. Did you mean "operations"?')
    await wrong({ mode: 'rael' }, 'backends.live.mode: "rael" is no mode; there are stub, real, real-or-stub, compare. Did you mean "real"?')
    write({ 'understudy.config.json': '{}' })
    expect(await run(['config', 'live', '--backend', 'live=off'])).toMatchObject({ code: 1, stderr: 'error: --backend live=off: "off" is no URL of a backend; write it like https://staging.example/api; to have none, say --backend-mode live=stub\n' })
  })

  test('another place of a backend leaves its mode and operations, and takes no passwords there', async () => {
    const said = { mode: 'compare', operations: { channels: 'stub' }, timeout: 500 }
    write({ 'understudy.config.json': JSON.stringify({ systems: ['live'], backends: { live: { url: 'https://staging.example', ...said, credentials: { '13800003001': '123456' } } } }) })
    expect((await held(['--backend', 'live=https://other.example']))['backends.live']).toEqual({ value: { url: 'https://other.example', ...said }, from: 'file', name: join(folder, 'understudy.config.json'), but: '--backend' })
    expect((await held(['--backend', 'live=https://staging.example']))['backends.live']).toMatchObject({ value: { ...said, credentials: '••••••' } })
  })

  test('a mode for a tag alone is told with the system that the tag is of, and a misspelt operation is guessed', async () => {
    const asked = (name: string) => run(['config', 'live', 'edu', '--backend', 'live=https://other.example', '--backend-mode', `${name}=stub`])
    expect(await asked('channels')).toMatchObject({ code: 1, stderr: 'error: --backend-mode channels=stub: no system and no operation is called "channels". A tag is named with its system: live/channels\n' })
    expect(await asked('liveLogn')).toMatchObject({ code: 1, stderr: 'error: --backend-mode liveLogn=stub: no system and no operation is called "liveLogn". Did you mean "liveLogin"?\n' })
    // It is the flag that is wrong, whatever file there is.
    write({ 'understudy.config.json': JSON.stringify({ backends: { live: { url: 'https://staging.example', operations: { channels: 'stub' } } } }) })
    expect(await asked('live/auht')).toMatchObject({ code: 1, stderr: 'error: --backend-mode live/auht=stub: live has no tag and no operation "auht". Did you mean "auth"?\n' })
  })

  test('keeps sandboxes in one place: the strongest of those who say where', async () => {
    write({ 'understudy.config.json': '{ "data": "kept" }' })
    expect(await held([], { UNDERSTUDY_ENGINE: 'redis://localhost' })).toMatchObject({ data: { value: join(folder, 'kept'), from: 'file' }, engine: { value: null } })
    expect(await held(['--engine', 'redis://localhost'])).toMatchObject({ data: { value: null }, engine: { value: 'redis://localhost', from: 'flag' } })
    // Node makes a folder of any URL, and would keep there what was meant for others.
    expect(await run(['start', '--data', 'redis://localhost:6379/0'])).toMatchObject({ code: 1, stderr: "error: option '--data <folder>' argument 'redis://localhost:6379/0' is invalid: it has to be a folder. Sandboxes are kept in Redis with --engine.\n(add --help for more)\n" })
    expect(await run(['config'], { UNDERSTUDY_DATA: 'https://somewhere.example' })).toMatchObject({ code: 1, stderr: expect.stringContaining('it has to be a folder.\n') as unknown })
    expect(await run(['config', '--engine', 'redis://localhost', '--data', 'x'])).toMatchObject({ code: 1, stderr: 'error: --data and --engine cannot be used together; sandboxes are kept in one place\n' })
    write({ 'understudy.config.json': '{ "data": "kept", "engine": "redis://localhost" }' })
    expect(await run(['config'])).toMatchObject({ code: 1, stderr: 'error: understudy.config.json:1:19: data and engine are both given; sandboxes are kept in one place\n' })
  })

  test('is named by a flag or a variable; its folders are looked for from where it lies', async () => {
    write({ 'team/stub.json': '{ "fixtures": "worlds", "data": "../kept" }', 'understudy.config.json': '{ "seed": 3 }' })
    const there = { fixtures: { value: join(folder, 'team/worlds') }, data: { value: join(folder, 'kept') }, seed: { value: 1 } }
    expect(await held(['--config', 'team/stub.json'])).toMatchObject(there)
    expect(await held([], { UNDERSTUDY_CONFIG: 'team/stub.json' })).toMatchObject(there)
    expect(await run(['start', '-c', 'team/stab.json'])).toMatchObject({ code: 1, stderr: 'error: the configuration "team/stab.json" is not there\n' })
  })

  test('holds for exec in what is played, and not in where', async () => {
    write({ 'understudy.config.json': JSON.stringify({ systems: ['live'], seed: 3, port: 1, adminToken: 'open-sesame', engine: 'redis://127.0.0.1:1' }) })
    const show = 'fetch(process.env.UNDERSTUDY_URL + "/__admin/health").then((answer) => answer.json()).then(({ seed, systems }) => console.log(seed, systems.join()))'
    expect(await run(['exec', '--', process.execPath, '-e', show])).toMatchObject({ code: 0, stdout: '3 live\n' })
    expect(await run(['exec', '--seed', '4', '--systems', 'trid', '--', process.execPath, '-e', show])).toMatchObject({ code: 0, stdout: '4 trid\n' })
  })

  test('a system of its own is found by its id, and guessed', async () => {
    write({ 'understudy.config.mjs': "import { loadSystems } from 'understudy'\nconst [live] = await loadSystems(['live'])\nexport default { systems: ['edu', { ...live, id: 'shop' }] }" })
    expect(await held(['shop'])).toMatchObject({ systems: { value: ['shop'] } })
    expect(await held([])).toMatchObject({ systems: { value: ['edu', 'shop'] } })
    expect(await run(['start', 'shpo'])).toMatchObject({ code: 1, stderr: 'error: there is no system called "shpo"; there are edu, im, job, live, trid, shop. Did you mean "shop"?\n' })
  })

  test('shows no token and no password', async () => {
    write({ 'understudy.config.json': '{ "adminToken": "open-sesame", "engine": "redis://me:pass-word@localhost:6379/3" }' })
    for (const form of [[], ['--json']]) {
      const { stdout } = await run(['config', ...form])
      expect(stdout).toContain('redis://me:••••••@localhost:6379/3')
      expect(stdout).not.toMatch(/open-sesame|pass-word/)
    }
  })
})

test('ctl and tour go to the stub that the configuration of the folder starts, with its token, unless they are told where', async () => {
  const port = await freePort()
  write({ 'understudy.config.json': JSON.stringify({ systems: ['live'], port, adminToken: 'open-sesame', host: '0.0.0.0' }) })
  const stub = begin(['start'], { cwd: folder })
  running.push(stub)
  await stub.says(/control plane/)
  expect(await run(['ctl', 'sandboxes'])).toMatchObject({ code: 0, stdout: 'no sandboxes\n' })
  expect(await run(['tour', '--json'])).toMatchObject({ code: 0, stderr: '' })
  const elsewhere = `http://127.0.0.1:${String(await freePort())}`
  for (const asked of [run(['ctl', 'sandboxes', '--url', elsewhere]), run(['ctl', 'sandboxes'], { UNDERSTUDY_URL: elsewhere })]) expect((await asked).stderr).toContain(`nothing answers at ${elsewhere}`)
  // Its token goes nowhere else: a stub that is named is shown what it is named with.
  expect((await run(['ctl', 'sandboxes', '--url', `http://127.0.0.1:${String(port)}`])).stderr).toContain('asks for its admin token')
  write({ 'understudy.config.json': '{ "port": 0 }' })
  expect((await run(['ctl', 'sandboxes'])).stderr).toBe('error: the configuration takes a free port, which only the stub knows; say where it answers with --url, or UNDERSTUDY_URL\n')
}, 60_000)

describe('what is wrong with a configuration', () => {
  test.each<[string, string, string[]]>([
    ['json', '{ "prot": 1 }', ['there is no key "prot"; there are systems, port, ', ' Did you mean "port"?']],
    ['json', '{ "port": "x", "fixtures": 4, "maxMemory": "1mb" }', [
      'understudy.config.json:1:3: port is "x"; it has to be a whole number up to 65535; 0 takes a free port\nunderstudy.config.json:1:16: ', 'fixtures is 4; it has to be a folder\n', 'maxMemory is "1mb"; it has to be 512mb, 2gb or a number of bytes; 32mb at the least\n',
    ]],
    ['json', '{ "engine": "postgres://x" }', ['engine is "postgres://x"; it has to be an address of Redis']],
    ['json', '{ "data": "redis://localhost:6379" }', ['data is "redis://localhost:6379"; it has to be a folder (an address of Redis stands under engine)']],
    ['json', '{ "port": 1', ['understudy.config.json:1:12 is no JSON: the end is not expected here']],
    ['json', '[]', ['exports no configuration; it has to hold an object such as { "port": 4020 }']],
    ['ts', 'export const config = {}', ['exports no configuration; it has to hold export default defineConfig({ … })']],
    ['ts', 'export default {\n  port: 4020,,\n}', ['cannot be run: ', 'understudy.config.ts:2:13: ParseError: Unexpected token']],
    ['ts', 'interface Port { value?: { of: number } }\nconst port: Port = {}\nexport default { port: port.value!.of }', ['understudy.config.ts:3:20: Cannot read properties of undefined']],
    ['ts', "import './team.ts'\nexport default {}", ["Cannot find module './team.ts'"]],
  ])('.%s %s', async (ending, text, said) => {
    write({ [`understudy.config.${ending}`]: text })
    const { code, stdout, stderr } = await run(['start'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^error: understudy\.config\./)
    for (const part of said) expect(stderr).toContain(part)
    expect(stderr).not.toMatch(/^ +at /m)
  })

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['waits for what never comes', { 'understudy.config.mjs': 'await new Promise(() => {})\nexport default {}' }, 'understudy.config.mjs does not come to its end: it waits for what never comes\n'],
    ['imports a file that does', { 'understudy.config.ts': "import './team.mjs'\nexport default {}", 'team.mjs': 'await new Promise(() => {})' }, 'team.mjs does not come to its end: it waits for what never comes\n'],
    ['ends the process', { 'understudy.config.mjs': '\nprocess.exit(0)\nexport default {}' }, 'understudy.config.mjs:2:9: process.exit(0) was called, and a configuration may not end the process\n'],
    ['ends the process, and catches what comes of it', { 'understudy.config.cjs': 'try { process.exit() } catch {}\nmodule.exports = {}' }, 'process.exit() was called, and a configuration may not end the process\n'],
  ])('that %s is told with its file', async (_what, files, said) => {
    write(files)
    for (const command of ['config', 'start']) {
      const { code, stdout, stderr } = await run([command])
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(/^error: understudy\.config\.\w+ cannot be run: /)
      expect(stderr).toContain(said)
    }
  })

  test('in a file that it imports is told where it is', async () => {
    write({ 'understudy.config.ts': "import './team.ts'\nexport default {}", 'team.ts': 'const one = 1\nthrow new Error(`not today ${one}`)' })
    expect((await run(['start'])).stderr).toBe(`error: understudy.config.ts cannot be run: ${join(folder, 'team.ts')}:2:7: not today 1\n`)
  })

  test('is told with the file that imports what is not there, also where Understudy lies in the same folder', () => {
    const stack = "Error: Cannot find module './gone.ts'\n    at import (file:///projects/app/dist/settings.js:172:84)\n    at /projects/app/understudy.config.ts:2:1"
    const error = Object.assign(new Error("Cannot find module './gone.ts'\nRequire stack:\n- /projects/app/understudy.config.ts"), { stack, requireStack: ['/projects/app/understudy.config.ts'] })
    expect(whereAndWhy(error, '/projects/app')).toBe("/projects/app/understudy.config.ts:2:1: Cannot find module './gone.ts'")
    expect(whereAndWhy(Object.assign(error, { stack: '' }), '/projects/app')).toBe("/projects/app/understudy.config.ts: Cannot find module './gone.ts'")
  })

  test('is told with a place of the project, and not with one of a folder whose name begins alike', () => {
    const error = Object.assign(new Error('not today'), { stack: 'Error: not today\n    at helper (/projects/app-tools/helper.ts:1:7)\n    at /projects/app/team.ts:2:7' })
    expect(whereAndWhy(error, '/projects/app')).toBe('/projects/app/team.ts:2:7: not today')
  })

  test('is told with all the rest, each with its place and a guess, for people and for programs', async () => {
    write({ 'understudy.config.json': '{\n  "prot": 1,\n  "systems": ["life", "live", "edo"],\n  "sockets": { "fram": 1 },\n  "backends": {\n    "live": { "url": "nowhere", "mode": "rael", "operations": { "liveLogn": "stub", "channels": "rael" } },\n    "lvie": "https://staging.example"\n  },\n  "networks": { "lift": [{ "fault": { "kind": "latncy" } }] }\n}\n' })
    const places = [
      ['2:3', 'prot', 'Did you mean "port"?'], ['4:16', 'sockets.fram', 'Did you mean "frame"?'], ['9:17', 'networks.lift', 'Did you mean "latency"?'],
      ['3:3', 'systems', 'Did you mean "live"?'], ['3:3', 'systems', 'Did you mean "edu"?'],
      ['6:33', 'backends.live.mode', 'Did you mean "real"?'], ['6:49', 'backends.live.operations', 'Did you mean "liveLogin"?'], ['6:49', 'backends.live.operations', 'Did you mean "real"?'], ['6:15', 'backends.live.url', 'is no URL'],
      ['7:5', 'backends.lvie', 'Did you mean "live"?'],
    ] as const
    for (const command of ['config', 'start']) {
      const { code, stdout, stderr } = await run([command])
      expect([code, stdout, stderr.trim().split('\n').length]).toEqual([1, '', places.length])
      for (const [index, line] of stderr.replace(/^error: /, '').trim().split('\n').entries()) expect(line).toMatch(new RegExp(`^understudy\\.config\\.json:${places[index]?.[0] ?? ''}: .*${(places[index]?.[2] ?? '').replace('?', '\\?')}`))
      const told = await run([command, '--json'])
      expect([told.code, told.stderr]).toEqual([1, ''])
      const { mistakes } = JSON.parse(told.stdout) as { mistakes: { file: string; line: number; column: number; key: string }[] }
      expect(mistakes.map(({ file, line, column, key }) => [file, `${String(line)}:${String(column)}`, key])).toEqual(places.map(([place, key]) => ['understudy.config.json', place, key]))
    }
  })

  test('in a module is told with the line in which its key stands, where it stands there', async () => {
    write({ 'understudy.config.ts': "import { defineConfig } from 'understudy'\n// port: 1\ninterface Ours { port: number }\nconst more: Ours = { port: 7 }\nconst extra = { sede: 1 }\nexport default defineConfig({\n  'port': `${more.port}x` as never,\n  ...(extra as object),\n  backends: { live: { url: 'https://staging.example', mode: 'rael' as never } },\n})\n" })
    const { stderr } = await run(['config'])
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^error: understudy\.config\.ts:5:17: there is no key "sede".* Did you mean "seed"\?$/), expect.stringMatching(/^understudy\.config\.ts:7:3: port is "7x"/),
      expect.stringMatching(/^understudy\.config\.ts:9:55: backends\.live\.mode: "rael" is no mode/), '',
    ])
  })

  test('what is no file, or cannot be read, is said in a sentence; nobody waits for a pipe', async () => {
    mkdirSync(join(folder, 'understudy.config.json'))
    expect(await run(['start'])).toMatchObject({ code: 1, stderr: expect.stringContaining('understudy.config.json is a folder, and a configuration is a file') as unknown })
    rmSync(join(folder, 'understudy.config.json'), { recursive: true })
    if (process.platform === 'win32') return
    spawnSync('mkfifo', [join(folder, 'understudy.config.ts')])
    for (const command of ['start', 'config']) expect(await run([command])).toMatchObject({ code: 1, stderr: expect.stringContaining('understudy.config.ts is no file, and a configuration is a file') as unknown })
    rmSync(join(folder, 'understudy.config.ts'))
    symlinkSync('circle.json', join(folder, 'circle.json'))
    expect(await run(['start', '-c', 'circle.json/one.json'])).toMatchObject({ code: 1, stderr: 'error: the configuration "circle.json/one.json" is not there\n' })
  })

  test('two of them are one too many', async () => {
    write({ 'understudy.config.ts': 'export default {}', 'understudy.config.json': '{}' })
    expect(await run(['start'])).toMatchObject({ code: 1, stderr: 'error: understudy.config.ts and understudy.config.json are both there; one would count for nothing. Remove one, or name one with --config\n' })
  })

  test('a variable of the environment that cannot be is named; what Kubernetes writes there is none', async () => {
    expect(await run(['config'], { UNDERSTUDY_PORT: 'x' })).toMatchObject({ code: 1, stderr: expect.stringContaining("value 'x' from env 'UNDERSTUDY_PORT' is invalid") as unknown })
    expect(await held([], { UNDERSTUDY_PORT: 'tcp://10.0.0.7:4010' })).toMatchObject({ port: { value: 4010, from: 'default' } })
  })
})

test('defineConfig hands back what it is given, typed', () => {
  const config = defineConfig({ systems: ['live'], port: 4020 })
  expect(config).toEqual({ systems: ['live'], port: 4020 })
})
