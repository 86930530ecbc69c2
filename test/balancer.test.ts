/**
 * What docs/scale.md and compose.yaml put in front of several processes is put there, word for word but for names and ports. Without Redis, nginx or Caddy
 * on the machine the stories that want it are skipped.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { connect } from '../src/client/stub.js'
import { boxOf } from './support/box.js'
import { phones } from './support/im.js'
import { blocksOf } from './support/markdown.js'
import { StubProcess } from './support/processes.js'
import { Client, text } from './support/push.js'
import { freePort, named, noRedis, OwnRedis } from './support/redis.js'

const page = readFileSync(new URL('../docs/scale.md', import.meta.url), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'understudy-balancer-'))
const [PORT, FIRST, SECOND] = ['8080', '4010', '4011']

interface Balancer {
  /** Where the snippet stands. */
  readonly of: string
  readonly program: string
  /** The snippet in it. */
  readonly snippet: string
  /** @returns the arguments that start it with the snippet */
  readonly start: (snippet: string, folder: string) => readonly string[]
}

const snippetWith = (words: string) => blocksOf(page).find(({ code }) => code.includes(words))?.code ?? ''

/** nginx with a snippet of its own, in the surroundings that a distribution has. */
const startNginx: Balancer['start'] = (snippet, own) => {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${own}/${name};`).join('\n')
  writeFileSync(join(own, 'nginx.conf'), `${process.getuid?.() === 0 ? 'user root;' : ''}\ndaemon off;\npid ${own}/pid;\nerror_log ${own}/error.log;\nevents {}\nhttp {\naccess_log off;\n${paths}\n${snippet}\n}\n`)
  return ['-p', own, '-e', `${own}/error.log`, '-c', `${own}/nginx.conf`]
}

/** What compose puts there, with the ports that docs/scale.md has. */
const composed = (parse(readFileSync(new URL('../compose.yaml', import.meta.url), 'utf8')) as { configs: { proxy: { content: string } } }).configs.proxy.content
  .replaceAll('$$', '$').replace('listen 80;', `listen ${PORT};`).replace('stub-1:4010', `127.0.0.1:${FIRST}`).replace('stub-2:4010', `127.0.0.1:${SECOND}`)

const balancers: readonly Balancer[] = [
  { of: 'docs/scale.md', program: 'nginx', snippet: snippetWith('proxy_pass'), start: startNginx },
  { of: 'compose.yaml', program: 'nginx', snippet: composed, start: startNginx },
  {
    of: 'docs/scale.md',
    program: 'caddy',
    snippet: snippetWith('reverse_proxy'),
    start: (snippet, own) => {
      writeFileSync(join(own, 'Caddyfile'), `{\nadmin off\n}\n${snippet}\n`)
      return ['run', '--config', `${own}/Caddyfile`, '--adapter', 'caddyfile']
    },
  },
]

const missing = (program: string) => (spawnSync(program, ['version']).error === undefined ? null : `${program} is not installed (Debian: apt-get install ${program})`)

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(noRedis !== null)(named('two processes behind a balancer'), () => {
  let redis: OwnRedis
  let stubs: StubProcess[] = []
  beforeAll(async () => {
    redis = await OwnRedis.start()
  })
  afterAll(async () => {
    await redis.close()
  })
  afterEach(async () => {
    await Promise.all(stubs.map((stub) => stub.stop()))
  })

  describe.each(balancers)('$program of $of', ({ of, program, snippet, start }) => {
    const why = missing(program)

    test.skipIf(why !== null)(`logins, sockets, slow answers and large bodies go through, and one process may go${why === null ? '' : ` [skipped: ${why}]`}`, { timeout: 60_000 }, async () => {
      const key = `${program}-${of.replace(/\W/g, '-')}`
      const flags = ['--engine', `${redis.url}?prefix=${key}`, 'im', 'live']
      stubs = await Promise.all([StubProcess.start(flags), StubProcess.start(flags)])
      const port = String(await freePort())
      const ports = new Map([[PORT, port], [FIRST, portOf(stubs[0])], [SECOND, portOf(stubs[1])]])
      for (const known of ports.keys()) expect(snippet).toContain(known)
      const own = join(folder, key)
      mkdirSync(own)
      const balancer = new Program(program, start(snippet.replaceAll(new RegExp([...ports.keys()].join('|'), 'g'), (known) => ports.get(known) ?? ''), own))
      try {
        const stub = await balancer.reached(() => connect(`http://127.0.0.1:${port}`))
        const [im, live] = [boxOf(stub, 'balanced', '/im'), boxOf(stub, 'balanced', '/live')]

        const [alice, bob] = [await Client.start(im, phones.alice), await Client.start(im, phones.bob)]
        for (const word of ['one', 'two', 'three']) {
          await alice.say(text('u-4001', 'u-4002', word))
          expect(await bob.contents()).toEqual([word])
        }

        // Answers that come late, and one that comes bit by bit while it is read.
        const heard = firstOf(live.requests.stream(), ({ operationId }) => operationId === 'liveListChannels')
        const waited = live.requests.waitFor({ operationId: 'liveSendCode' }, { timeout: 20_000 })
        await live.faults.next('live', 'liveListChannels', { kind: 'slow', milliseconds: 300 })
        expect((await live.call('/channels/live')).status).toBe(200)
        expect((await heard).faults).toHaveLength(1)
        await live.call('/auth/code?mobile=13800003001')
        expect(await waited).toMatchObject({ operationId: 'liveSendCode' })

        // More than nginx lets through by itself.
        const snapshot = JSON.stringify(await live.snapshot())
        expect((await live.admin('PUT', '/snapshot', `${snapshot}${' '.repeat(2 * 1024 * 1024)}`)).status).toBe(200)

        await stubs[0]?.kill()
        for (let i = 0; i < 6; i++) expect((await live.call(`/auth/code?mobile=138000031${String(10 + i)}`)).json).toMatchObject({ code: 2000 })
        await Promise.all([alice.hangUp(), bob.hangUp()])
      } finally {
        await balancer.stop()
      }
    })
  })
})

async function firstOf<T>(all: AsyncIterable<T>, fits: (one: T) => boolean): Promise<T> {
  for await (const one of all) if (fits(one)) return one
  throw new Error('there was none')
}

function portOf(stub: StubProcess | undefined): string {
  return new URL(stub?.url ?? '').port
}

/** The balancer as a process of its own. */
class Program {
  readonly #child: ChildProcess
  readonly #gone: Promise<unknown>
  #said = ''

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: folder } })
    this.#gone = new Promise((resolve) => this.#child.once('exit', resolve))
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on('data', (said: Buffer) => (this.#said += said.toString()))
  }

  /** Tries until it works. */
  async reached<T>(attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        if (this.#child.exitCode !== null) throw new Error(this.#said, { cause: error })
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    await this.#gone
  }
}
