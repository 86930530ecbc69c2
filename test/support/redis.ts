/** A Redis of a test's own: started on a free port, with a folder of its own, and gone afterwards. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Null when the program is there, otherwise why tests that need it are skipped. */
export const noRedis: string | null = spawnSync('redis-server', ['--version']).error === undefined ? null : 'redis-server is not installed (Debian: apt-get install redis-server)'

/** What a test is called that needs Redis. */
export function named(title: string): string {
  return noRedis === null ? title : `${title} [skipped: ${noRedis}]`
}

export class OwnRedis {
  readonly port: number
  readonly #folder: string
  #child: ChildProcess | null = null

  private constructor(port: number, folder: string) {
    this.port = port
    this.#folder = folder
  }

  /** @returns one that answers */
  static async start(): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort(), mkdtempSync(join(tmpdir(), 'understudy-redis-')))
    await redis.again()
    return redis
  }

  get url(): string {
    return `redis://127.0.0.1:${String(this.port)}`
  }

  /** Starts it once more, with what it has on its disk. */
  async again(): Promise<void> {
    const child = spawn('redis-server', ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder, '--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--daemonize', 'no'], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    for await (const line of createInterface({ input: child.stdout })) if (line.includes('Ready to accept connections')) break
    child.stdout.resume()
  }

  /** @returns how many scripts it has carried out */
  async scripts(): Promise<number> {
    const { stdout } = spawnSync('redis-cli', ['-p', String(this.port), 'INFO', 'commandstats'], { encoding: 'utf8' })
    return ['eval', 'evalsha'].reduce((sum, name) => sum + Number(new RegExp(`^cmdstat_${name}:calls=(\\d+)`, 'm').exec(stdout)?.[1] ?? 0), 0)
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === null) return
    this.#child = null
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  /** Ends it, and removes what it kept. */
  async close(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** @returns a port that nobody has at the moment */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}
