/** A Redis of a test's own: started on a free port, with a folder of its own, and gone afterwards. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
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
  readonly #flags: readonly string[]
  #child: ChildProcess | null = null

  private constructor(port: number, folder: string, flags: readonly string[]) {
    this.port = port
    this.#folder = folder
    this.#flags = flags
  }

  /**
   * @param flags as on the command line, beside the usual ones
   * @returns one that answers
   */
  static async start(flags: readonly string[] = []): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort(), mkdtempSync(join(tmpdir(), 'understudy-redis-')), flags)
    await redis.again()
    return redis
  }

  get url(): string {
    return `redis://127.0.0.1:${String(this.port)}`
  }

  /** Starts it once more, with what it has on its disk. */
  async again(): Promise<void> {
    const child = spawn('redis-server', ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder, '--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--daemonize', 'no', ...this.#flags], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    for await (const line of createInterface({ input: child.stdout })) if (line.includes('Ready to accept connections')) break
    child.stdout.resume()
  }

  /** @returns what it answers to a command */
  say(...command: readonly string[]): string {
    return spawnSync('redis-cli', ['-p', String(this.port), ...command], { encoding: 'utf8' }).stdout
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

  /**
   * @returns a function that makes its disk what it is now; for one that is not running by then
   */
  remember(): () => void {
    const copy = `${this.#folder}-copy`
    cpSync(this.#folder, copy, { recursive: true })
    return () => {
      rmSync(this.#folder, { recursive: true })
      renameSync(copy, this.#folder)
    }
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
