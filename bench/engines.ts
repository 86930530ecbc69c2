/**
 * `npm run bench -- --engines`: the three engines beside each other. Rounds are interleaved, and a figure is divided by that of the memory
 * engine in the same round; the stub has one core, load and Redis share the other. What is measured goes into docs/scale.md as well.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Contender, understudy } from './contenders.js'
import { type Calls, type EngineFigures, type EngineName, machine } from './engine-figures.js'
import { forkAfterMany, loadCold, manySandboxes, measureResets } from './engine-sizes.js'
import { CONNECTIONS, runWrk } from './load.js'
import { type Running, start } from './process.js'
import { type MeasuredRedis, startRedis } from './redis.js'
import { median } from './rounds.js'

export interface EnginePlan {
  readonly rounds: number
  readonly seconds: number
  /** Whether everything is smaller. */
  readonly isQuick: boolean
}

type Work = 'read' | 'write'

/** Over so many sandboxes the calls of the rounds are spread. */
const SANDBOXES = 32
/** And those of several processes. */
const MANY = 1000

/** @returns what came out, to be told and kept */
export async function measureEngines(plan: EnginePlan, date: string, say: (line: string) => void): Promise<EngineFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-'))
  const redis = await startRedis()
  try {
    const engines: Readonly<Record<EngineName, Contender>> = {
      memory: stub('memory', []),
      file: stub('file', ['--data', folder]),
      redis: stub('redis', ['--engine', redis.url]),
    }
    const part = plan.isQuick ? 5 : 1
    const calls = await rounds(engines, redis, plan, say)
    const reset = await measureResets(engines, 5000 / part, say)
    const commits = await forkAfterMany(stub('redis', ['--engine', `${redis.url}?prefix=commits`]), redis, 10_000 / part, say)
    const cold = await loadCold(stub('redis', ['--engine', `${redis.url}?prefix=cold`]), 5000 / part, say)
    const sandboxes = await manySandboxes(stub('redis', ['--engine', `${redis.url}?prefix=sandboxes`]), redis, plan.isQuick ? [1000, 1500, 2000] : [1000, 2500, 5000], say)
    const processes = await severalProcesses(redis, plan, say)
    return { ...machine(date), rounds: plan.rounds, seconds: plan.seconds, connections: CONNECTIONS, calls, processes, cold, reset, commits, sandboxes }
  } finally {
    await redis.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function stub(name: string, flags: readonly string[]): Contender {
  return { ...understudy, name, command: (port) => [...understudy.command(port), ...flags] }
}

/** Reads and writes, each engine in turn, again and again. */
async function rounds(engines: Readonly<Record<EngineName, Contender>>, redis: MeasuredRedis, plan: EnginePlan, say: (line: string) => void): Promise<EngineFigures['calls']> {
  const names = Object.keys(engines) as EngineName[]
  const servers: Running[] = []
  const taken: Record<string, { readonly rate: number; readonly p99: number; readonly cpu: number; readonly redisCpu: number }[]> = {}
  try {
    for (const name of names) servers.push(await start(engines[name]))
    for (let round = 0; round <= plan.rounds; round++) {
      for (const work of ['write', 'read'] as const) {
        for (const server of servers) {
          const [cpu, redisCpu] = [server.cpu(), redis.cpu()]
          const { rate, p99, requests } = await runWrk(server, 'sandboxes.lua', [work, String(SANDBOXES), 's-'], plan.seconds)
          if (round === 0) continue // warms up
          const each = { rate, p99, cpu: ((server.cpu() - cpu) * 1000) / requests, redisCpu: ((redis.cpu() - redisCpu) * 1000) / requests }
          ;(taken[`${server.contender.name}/${work}`] ??= []).push(each)
          say(`round ${String(round)}  ${work.padEnd(6)}${server.contender.name.padEnd(8)}${rate.toFixed(0).padStart(8)}/s  p99 ${p99.toFixed(2)} ms  ${each.cpu.toFixed(0)} µs, Redis ${each.redisCpu.toFixed(0)} µs`)
        }
      }
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
  const summary = (name: EngineName, work: Work): Calls => {
    const [own = [], memory = []] = [taken[`${name}/${work}`], taken[`memory/${work}`]]
    const middle = (of: (one: (typeof own)[number], round: number) => number) => Number(median(own.map(of)).toPrecision(4))
    return { rate: middle(({ rate }) => rate), p99: middle(({ p99 }) => p99), cpu: middle(({ cpu }) => cpu), redisCpu: middle(({ redisCpu }) => redisCpu), ratio: middle(({ rate }, round) => rate / (memory[round]?.rate ?? Number.NaN)) }
  }
  return Object.fromEntries(names.map((name) => [name, { read: summary(name, 'read'), write: summary(name, 'write') }])) as EngineFigures['calls'] // one for each
}

/** 1, 2 and 4 processes on one Redis, with all of it and the load on the same cores: what several cost, not what they are good for. */
async function severalProcesses(redis: MeasuredRedis, { rounds: times, seconds }: EnginePlan, say: (line: string) => void): Promise<EngineFigures['processes']> {
  redis.roam(true)
  const figures: EngineFigures['processes'][number][] = []
  for (const processes of [1, 2, 4]) {
    const servers: Running[] = []
    try {
      for (let i = 0; i < processes; i++) servers.push(await start({ ...stub(`process ${String(i + 1)} of ${String(processes)}`, ['--engine', `${redis.url}?prefix=processes`]), roams: true }))
      const rate = async (work: Work) => {
        const measured = await Promise.all(servers.map((server) => runWrk(server, 'sandboxes.lua', [work, String(MANY), 'p-'], seconds, CONNECTIONS / processes)))
        return measured.reduce((sum, one) => sum + one.rate, 0)
      }
      const [reads, writes]: [number[], number[]] = [[], []]
      for (let round = 0; round <= Math.min(2, times); round++) {
        const [write, read] = [await rate('write'), await rate('read')]
        if (round === 0) continue // every process loads every sandbox
        writes.push(write)
        reads.push(read)
      }
      const memory = Math.max(...servers.map((server) => server.memory()))
      figures.push({ processes, sandboxes: MANY, reads: Math.round(median(reads)), writes: Math.round(median(writes)), memory: Math.round(memory) })
      say(`${String(processes)} processes over ${String(MANY)} sandboxes: ${median(writes).toFixed(0)} writes/s, ${median(reads).toFixed(0)} reads/s, ${memory.toFixed(0)} MiB each`)
    } finally {
      await Promise.all(servers.map((server) => server.stop()))
    }
  }
  return figures
}
