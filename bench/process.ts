/** Servers as processes of their own: started on one core, asked how long that took and how much memory they hold, stopped. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { get } from 'node:http'
import { join } from 'node:path'
import { root, type Contender } from './contenders.js'

export interface Running {
  readonly contender: Contender
  readonly port: number
  readonly pid: number
  /** Milliseconds from spawn to the first answer. */
  readonly start: number
  /** Resident memory now, in MiB. */
  memory(): number
  /** Processor time that it has taken, and those whom it has work for it, in milliseconds. */
  cpu(): number
  stop(): Promise<void>
}

/** Whether server and load each get a core. */
export const pinned = process.platform === 'linux' && availableParallelism() >= 2

/** @returns the command, bound to a core where there is more than one */
export function onCore(core: number, command: string, args: readonly string[]): readonly [string, readonly string[]] {
  return pinned ? ['taskset', ['-c', String(core), command, ...args]] : [command, args]
}

/** Starts a server and waits for its first answer. */
export async function start(contender: Contender, path = `${contender.base}/auth/code?mobile=13800003001`): Promise<Running> {
  const port = await freePort()
  const [command, args]: readonly [string, readonly string[]] = contender.roams === true ? [process.execPath, contender.command(port)] : onCore(0, process.execPath, contender.command(port))
  const begun = performance.now()
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_ENV: 'production', ...contender.env } })
  await firstAnswer(`http://127.0.0.1:${String(port)}${path}`, child, contender.name)
  return { contender, port, pid: child.pid ?? 0, start: performance.now() - begun, memory: () => residentMemory(child.pid ?? 0), cpu: () => processorTime(child.pid ?? 0), stop: () => stop(child) }
}

async function firstAnswer(url: string, child: ChildProcess, name: string): Promise<void> {
  for (let attempt = 0; attempt < 20_000; attempt++) {
    if (child.exitCode !== null) throw new Error(`${name} ended before it answered`)
    if (await answers(url)) return
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  throw new Error(`${name} does not answer`)
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false }, (response) => {
      response.resume().on('end', () => {
        resolve(true)
      })
    })
    request.on('error', () => {
      resolve(false)
    })
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo // it listens on TCP
      server.close(() => {
        resolve(port)
      })
    })
  })
}

function residentMemory(pid: number): number {
  const pages = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]
  return Number(pages ?? Number.NaN) / 1024
}

interface Times {
  readonly parent: number
  readonly ticks: number
}

/** Of the process and all that come of it: a server may leave its work to others. Those that have ended are counted by whoever started them. */
function processorTime(pid: number): number {
  const all = new Map(readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [[Number(name), timesOf(name)] as const] : [])))
  let ticks = 0
  const family = new Set([pid])
  for (const one of family) {
    ticks += all.get(one)?.ticks ?? 0
    for (const [other, times] of all) if (times?.parent === one) family.add(other)
  }
  return ticks * 10
}

/**
 * The parent, and user and system time of the process and of its children that have ended, fields 4 and 14 to 17 of `/proc/<pid>/stat`, in ticks of 10 ms;
 * the name before them may have spaces.
 * @returns null where it has ended meanwhile
 */
function timesOf(pid: string): Times | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ').map(Number) ?? []
    return { parent: fields[1] ?? 0, ticks: fields.slice(11, 15).reduce((sum, one) => sum + one, 0) }
  } catch {
    return null
  }
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) {
      resolve()
      return
    }
    child.once('exit', () => {
      resolve()
    })
    child.kill('SIGKILL')
  })
}

/** @returns where a server that is looked into from within answers beside its port */
export function socketOf(port: number): string {
  return join(tmpdir(), `understudy-bench-${String(port)}.sock`)
}
