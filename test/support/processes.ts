/** Stubs in processes of their own, as a user starts them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { connect, type Stub } from '../../src/client/stub.js'
import { type Box, boxOf } from './box.js'
import { cliFile } from './cli.js'

export class StubProcess {
  readonly url: string
  readonly stub: Stub
  readonly #child: ChildProcess
  readonly #gone: Promise<number | null>

  private constructor(url: string, stub: Stub, child: ChildProcess) {
    this.url = url
    this.stub = stub
    this.#child = child
    this.#gone = new Promise((resolve) => child.once('exit', resolve))
  }

  /**
   * @param flags as on the command line, behind `understudy start --port 0`
   * @param env what its environment has beside that of the tests
   */
  static async start(flags: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<StubProcess> {
    const child = spawn(process.execPath, [cliFile, 'start', '--port', '0', ...flags], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
    let said = ''
    child.stderr.on('data', (text: Buffer) => (said += text.toString()))
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
      if (url === undefined) continue
      child.stdout.resume()
      return new StubProcess(url, await connect(url), child)
    }
    throw new Error(said)
  }

  /** Whether it is still running. */
  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** @returns a sandbox as this process serves it */
  box(name: string, system: string): Box {
    return boxOf(this.stub, name, `/${system}`)
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    if (!this.isAlive) return
    this.#child.kill('SIGKILL')
    await this.#gone
  }

  /** Ends it as Ctrl+C does. */
  async stop(): Promise<void> {
    if (!this.isAlive) return
    this.#child.kill('SIGTERM')
    await this.#gone
  }
}
