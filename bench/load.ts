/** Load by wrk, on a core of its own. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root, type Work } from './contenders.js'
import { onCore, type Running } from './process.js'

const run = promisify(execFile)

export interface Measured {
  /** Requests per second. */
  readonly rate: number
  /** 99th percentile of the latency in milliseconds. */
  readonly p99: number
  readonly requests: number
}

/** Connections kept open and busy. */
export const CONNECTIONS = 32

/**
 * @param seconds how long the server does a work of live's
 * @param connections kept open and busy
 * @throws Error when an answer was no 2XX or a connection broke
 */
export async function load(server: Running, work: Work, seconds: number, connections = CONNECTIONS): Promise<Measured> {
  const { base } = server.contender
  const key = work === 'list' ? await logIn(`${urlOf(server)}${base}`) : ''
  return runWrk(server, 'work.lua', [work, base, ...(key === '' ? [] : [key])], seconds, connections)
}

/** @returns the URL of the server, without a path */
export function urlOf({ port }: Running): string {
  return `http://127.0.0.1:${String(port)}`
}

/**
 * @param script a file of `bench/wrk`, and what it is given
 * @param connections kept open and busy
 * @throws Error when an answer was no 2XX or a connection broke
 */
export async function runWrk(server: Running, script: string, given: readonly string[], seconds: number, connections = CONNECTIONS): Promise<Measured> {
  const lua = join(root, 'bench', 'wrk', script)
  const [command, args] = onCore(1, 'wrk', ['-t1', `-c${String(connections)}`, `-d${String(seconds)}s`, '--latency', '--timeout', '30s', '-s', lua, urlOf(server), '--', ...given])
  const { stdout } = await run(command, args)
  const broken = /(Non-2xx or 3xx responses|Socket errors): (.*)/.exec(stdout)
  if (broken) throw new Error(`${server.contender.name}, ${given.join(' ')}: ${broken[0]}`)
  return { rate: figure(stdout, /Requests\/sec:\s+([\d.]+)/), p99: milliseconds(stdout), requests: figure(stdout, /(\d+) requests in/) }
}

/** @returns a live key, or an empty text where the server knows no logins */
async function logIn(base: string): Promise<string> {
  await fetch(`${base}/auth/code?mobile=13800003001`)
  const response = await fetch(`${base}/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: '13800003001', auth_code: '123456' }) })
  return /"api_key":\s*"([^"]+)"/.exec(await response.text())?.[1] ?? ''
}

function figure(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1]
  if (found === undefined) throw new Error(`wrk printed no ${pattern.source}:\n${text}`)
  return Number(found)
}

function milliseconds(text: string): number {
  const match = /99%\s+([\d.]+)(us|ms|s)/.exec(text)
  const factor = { us: 0.001, ms: 1, s: 1000 }[match?.[2] as 'us' | 'ms' | 's'] // the pattern knows no other unit
  return Number(match?.[1]) * factor
}
