/** The command line as a user runs it: a process of its own, from what was built for these tests. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** `dist/cli.js`, which `test/support/build.ts` builds from the sources before any test runs. */
export const cliFile = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
/** What Node needs to run TypeScript, wherever the process stands. */
export const nodeFlags = ['--import', import.meta.resolve('tsx')]

/** How a process ended and what it wrote. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A process that runs. */
export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Waits until it has written this on standard output. @throws Error with all that it wrote when it ends before */
  says(text: RegExp): Promise<RegExpExecArray>
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Whether it has a process group of its own, as what is started in a terminal. */
  readonly detached?: boolean
}

/** Starts `understudy …`. */
export function begin(args: readonly string[], surroundings: Surroundings = {}): Running {
  return beginProcess(process.execPath, [cliFile, ...args], surroundings)
}

/** Runs `understudy …` to its end. */
export function understudy(args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  return begin(args, surroundings).ended
}

/** Starts any program. Stubs that may be around it are none of its business. */
export function beginProcess(file: string, args: readonly string[], { env = {}, cwd, detached = false }: Surroundings): Running {
  const { UNDERSTUDY_URL: _url, UNDERSTUDY_SANDBOX: _sandbox, UNDERSTUDY_ADMIN_TOKEN: _token, ...around } = process.env
  const child = spawn(file, args, { env: { ...around, NO_COLOR: '1', ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached, ...(cwd === undefined ? {} : { cwd }) })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr })
    })
  })
  const says = (text: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = text.exec(stdout)
        if (found !== null) resolve(found)
      }
      child.stdout.on('data', look)
      look()
      ended.then(() => { reject(new Error(`it never said ${String(text)}, but\n${stdout}${stderr}`)) }, reject)
    })
  return { child, ended, says }
}
