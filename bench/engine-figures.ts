/** What the bench of the engines finds out, as it is kept in `bench/engines.json` and told. */
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { root } from './contenders.js'
import type { Growth } from './growth.js'

export type EngineName = 'memory' | 'file' | 'redis'

/** Medians over the rounds. */
export interface Calls {
  /** Calls a second. */
  readonly rate: number
  /** The same beside the memory engine in the same round. */
  readonly ratio: number
  /** Milliseconds. */
  readonly p99: number
  /** Microseconds of processor time that a call takes: of the stub, and of Redis, whatever uses it meanwhile. */
  readonly cpu: number
  readonly redisCpu: number
}

export interface EngineFigures {
  readonly date: string
  readonly machine: string
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  readonly calls: Readonly<Record<EngineName, { readonly read: Calls; readonly write: Calls }>>
  readonly processes: readonly { readonly processes: number; readonly sandboxes: number; readonly reads: number; readonly writes: number; readonly memory: number }[]
  /** Milliseconds. */
  readonly cold: { readonly records: number; readonly first: number; readonly next: number }
  readonly reset: Readonly<Record<EngineName, number>> & { readonly records: number }
  /** MiB in Redis, and milliseconds. */
  readonly commits: { readonly commits: number; readonly memory: number; readonly load: number; readonly fork: number }
  /** MiB of the process after so many sandboxes, and what one takes up in Redis. */
  readonly sandboxes: { readonly counts: readonly number[]; readonly resident: readonly number[]; readonly kibibytes: number }
}

/** @returns what was measured on, and when */
export function machine(date: string): { readonly date: string; readonly machine: string } {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string } // our own file
  return { date, machine: `${cpus()[0]?.model ?? 'unknown processor'}, ${String(cpus().length)} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB; Node ${process.versions.node}; Understudy ${version}` }
}

/** @returns the rows for people, with what was wanted */
export function engineRows({ calls: { memory, file, redis }, processes, cold, reset, commits, sandboxes, connections }: EngineFigures): Growth[] {
  const beside = (own: Calls) => `${own.rate.toFixed(0)}/s; × ${own.ratio.toFixed(2)}`
  const wanted = (what: string, own: Calls, least: number): Growth => ({ what, figure: beside(own), target: `at least × ${String(least)}`, met: own.ratio >= least })
  const [low = Number.NaN, high = Number.NaN] = [sandboxes.resident[0], sandboxes.resident.at(-1)]
  const count = (value: number) => value.toLocaleString('en')
  return [
    { what: `engine memory: reads, writes over 32 sandboxes, ${String(connections)} connections`, figure: `${memory.read.rate.toFixed(0)}/s, ${memory.write.rate.toFixed(0)}/s`, target: '–', met: null },
    wanted('engine file: reads beside memory', file.read, 0.9),
    wanted('engine file: writes beside memory', file.write, 0.5),
    wanted('engine redis: reads of one process beside memory', redis.read, 0.5),
    { what: 'engine redis: writes of one process', figure: beside(redis.write), target: 'at least 5000/s', met: redis.write.rate >= 5000 },
    ...processes.map((each): Growth => ({ what: `engine redis: ${String(each.processes)} ${each.processes === 1 ? 'process' : 'processes'} over ${count(each.sandboxes)} sandboxes, Redis and load on the same cores`, figure: `${count(each.reads)} reads/s, ${count(each.writes)} writes/s, ${String(each.memory)} MiB each`, target: '–', met: null })),
    { what: `engine redis: the first call of a process to a sandbox with ${count(cold.records)} changed records, and the next`, figure: `${String(cold.first)} ms, ${String(cold.next)} ms`, target: '–', met: null },
    { what: `a reset after ${count(reset.records)} changed records, memory / file / redis`, figure: `${String(reset.memory)} / ${String(reset.file)} / ${String(reset.redis)} ms`, target: '–', met: null },
    { what: `engine redis: ${count(commits.commits)} commits of one sandbox in Redis, until another process has it, a fork 500 calls back`, figure: `${String(commits.memory)} MiB, ${String(commits.load)} ms, ${String(commits.fork)} ms`, target: '–', met: null },
    { what: `engine redis: a process after ${sandboxes.counts.map(count).join(' / ')} sandboxes, of which it keeps 1,000`, figure: `${sandboxes.resident.join(' / ')} MiB; × ${(high / low).toFixed(2)}`, target: 'bounded: below × 1.25', met: high / low < 1.25 },
  ]
}
