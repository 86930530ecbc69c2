/** The server under attack: the built package as a process of its own, so that its memory and its end can be seen. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

export interface Target {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Resident memory now, in MiB. */
  memory(): number
  /** The most that has been seen, in MiB. */
  readonly peak: number
  /** What the server wrote to its log: answers that break the contract, exceptions in handlers. */
  readonly log: readonly string[]
  readonly isAlive: boolean
  stop(): Promise<void>
}

/** Real milliseconds between two readings of the memory. */
const READ_AGAIN = 100
/** So many lines of the log are kept. */
const MOST_LOG = 1000

/**
 * @param flags of `understudy start`; `env` is what it is told beside what this process was
 * @throws Error when it does not start
 */
export async function startTarget(flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Target> {
  const child = spawn(process.execPath, ['dist/cli.js', 'start', '--port', '0', ...flags], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  const log: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (log.length < MOST_LOG) log.push(line)
  })
  const url = await firstUrl(child, log)
  let peak = 0
  const memory = () => {
    const now = residentMemory(child.pid ?? 0)
    peak = Math.max(peak, now)
    return now
  }
  const reading = setInterval(memory, READ_AGAIN)
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    memory,
    get peak() {
      return peak
    },
    log,
    get isAlive() {
      return child.exitCode === null && child.signalCode === null
    },
    stop: () => {
      clearInterval(reading)
      return stop(child)
    },
  }
}

function firstUrl(child: ChildProcess, log: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(chunk.toString())?.[0]
      if (found !== undefined) resolve(found)
    })
    child.once('exit', () => {
      reject(new Error(`the server ended before it answered: ${log.join('\n')}`))
    })
  })
}

/** @returns MiB; 0 where the system does not tell */
function residentMemory(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve()
      return
    }
    child.once('exit', () => {
      resolve()
    })
    child.kill('SIGKILL')
  })
}
