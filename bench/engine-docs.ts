/**
 * What docs/scale.md says in figures: measured ones as they stand in `bench/engines.json`, and what follows from them by arithmetic. It is
 * written between marks, and a test holds the pages against the file, so that nobody changes the one without the other.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './contenders.js'
import type { EngineFigures, EngineName } from './engine-figures.js'

const STORED = join(root, 'bench', 'engines.json')
const MARKS = /(<!-- figures -->\n)[\s\S]*?(<!-- \/figures -->)/

/** The pages, and the language of each. */
export const PAGES = { 'docs/scale.md': 'en', 'docs/scale.zh-CN.md': 'zh' } as const
type Language = (typeof PAGES)[keyof typeof PAGES]

/** So much of a core is planned with, and so many reads for a write. */
const BUSY = 0.7
const READS = 4
/** A process keeps a replica of so many sandboxes. */
const REPLICAS = 1000
const SIZES = [[1, 1], [2, 1], [4, 1], [8, 2], [16, 4]] as const

/** Writes the figures down, and into the pages. */
export function keepFigures(figures: EngineFigures): void {
  writeFileSync(STORED, `${JSON.stringify(figures, null, 2)}\n`)
  for (const page of Object.keys(PAGES) as (keyof typeof PAGES)[]) writeFileSync(join(root, page), withFigures(readFileSync(join(root, page), 'utf8'), figures, PAGES[page]))
}

/** @returns the figures that were kept last */
export function keptFigures(): EngineFigures {
  return JSON.parse(readFileSync(STORED, 'utf8')) as EngineFigures // written by `keepFigures` alone
}

/** @returns the page with the figures between its marks */
export function withFigures(page: string, figures: EngineFigures, language: Language): string {
  const text = [measured(figures, language), perCall(figures, language), sizes(figures, language), arithmetic(figures, language)].join('\n')
  return page.replace(MARKS, (_, begin: string, end: string) => `${begin}\n${text}\n${end}`)
}

function measured({ date, machine, rounds, seconds, connections }: EngineFigures, language: Language): string {
  return language === 'en'
    ? `**Measured** on ${date}: ${machine}; ${String(rounds)} rounds of ${String(seconds)} s, ${String(connections)} connections over 32 sandboxes. The stub has one core to itself, load and Redis (\`appendfsync always\`) share the other. A read is a page of job's list, a write a code that live sends.\n`
    : `**实测**于 ${date}：${machine}；${String(rounds)} 轮，每轮 ${String(seconds)} 秒，${String(connections)} 个连接，32 个沙箱。替身独占一个核，压测程序与 Redis（\`appendfsync always\`）共用另一个。读：job 的一页列表；写：live 发送一条验证码。\n`
}

function perCall({ calls }: EngineFigures, language: Language): string {
  const header = language === 'en'
    ? ['engine', 'reads/s', '× memory', 'writes/s', '× memory', 'the stub spends on a read, a write', 'and Redis']
    : ['引擎', '读/秒', '× memory', '写/秒', '× memory', '替身每次读、写所用 CPU', 'Redis 所用 CPU']
  const rows = (['memory', 'file', 'redis'] as const satisfies readonly EngineName[]).map((name) => {
    const { read, write } = calls[name]
    const ofRedis = name === 'redis' ? `${micros(read.redisCpu)}, ${micros(write.redisCpu)}` : '–'
    return [name, count(read.rate), read.ratio.toFixed(2), count(write.rate), write.ratio.toFixed(2), `${micros(read.cpu)}, ${micros(write.cpu)}`, ofRedis]
  })
  return table(header, rows)
}

function sizes({ processes, cold, reset, commits, sandboxes }: EngineFigures, language: Language): string {
  const isEnglish = language === 'en'
  const resident = sandboxes.resident.map(String).join(' / ')
  const rows = [
    ...processes.map((each) => [
      isEnglish ? `${String(each.processes)} process${each.processes === 1 ? '' : 'es'} over ${count(each.sandboxes)} sandboxes; processes, Redis and load on the same two cores` : `${String(each.processes)} 个进程，${count(each.sandboxes)} 个沙箱；进程、Redis 与压测程序都在同样两个核上`,
      isEnglish ? `${count(each.reads)} reads/s, ${count(each.writes)} writes/s` : `${count(each.reads)} 读/秒，${count(each.writes)} 写/秒`,
    ]),
    [isEnglish ? `the first call of a process to a sandbox with ${count(cold.records)} changed records; the next` : `进程首次调用一个改动了 ${count(cold.records)} 条记录的沙箱；下一次`, `${String(cold.first)} ms; ${String(cold.next)} ms`],
    [isEnglish ? `a reset of such a sandbox, memory / file / redis` : `重置这样一个沙箱，memory / file / redis`, `${String(reset.memory)} / ${String(reset.file)} / ${String(reset.redis)} ms`],
    [isEnglish ? `${count(commits.commits)} commits of one sandbox, with a full journal, in Redis` : `一个沙箱的 ${count(commits.commits)} 次提交（日志已满）在 Redis 中`, `${String(commits.memory)} MiB`],
    [isEnglish ? 'until a process that has never seen it has answered; a fork 500 calls back' : '从未见过它的进程首次答复；从 500 次调用之前分叉', `${String(commits.load)} ms; ${String(commits.fork)} ms`],
    [isEnglish ? 'a sandbox with a login and three calls, in Redis' : '登录过一次、共三次调用的沙箱，在 Redis 中', `${String(sandboxes.kibibytes)} KiB`],
    [isEnglish ? `a process after ${sandboxes.counts.map(count).join(' / ')} such sandboxes, of which it keeps ${count(REPLICAS)}` : `经过 ${sandboxes.counts.map(count).join(' / ')} 个这样的沙箱之后的进程（只保留 ${count(REPLICAS)} 个）`, `${resident} MiB`],
  ]
  return table(isEnglish ? ['what', 'figure'] : ['项目', '数值'], rows)
}

/** What processes and shards hold that have a core each, where nothing else is in the way. */
function arithmetic({ calls: { redis }, sandboxes }: EngineFigures, language: Language): string {
  const isEnglish = language === 'en'
  const mixed = (read: number, write: number) => (READS * read + write) / (READS + 1)
  const [stub, shard] = [(BUSY * 1e6) / mixed(redis.read.cpu, redis.write.cpu), (BUSY * 1e6) / mixed(redis.read.redisCpu, redis.write.redisCpu)]
  const [perGib, resident] = [2 ** 20 / sandboxes.kibibytes, sandboxes.resident.at(-1) ?? Number.NaN]
  const about = (value: number) => count(Number(value.toPrecision(2)))
  const rows = SIZES.map(([processes, shards]) => {
    const isStub = processes * stub < shards * shard
    return [String(processes), String(shards), about(Math.min(processes * stub, shards * shard)), isStub ? (isEnglish ? 'the processes' : '进程') : 'Redis', `${about(processes * resident)} MiB`, about(processes * REPLICAS), about(shards * perGib)]
  })
  const said = isEnglish
    ? `**Arithmetic**, from the processor time above: each process and each shard of Redis with a core of its own, of which ${percent(BUSY)} is used, ${String(READS)} reads for a write. Nobody has measured networks between machines, or more than two cores.\n`
    : `**推算**，由上面的 CPU 时间得出：每个进程、每个 Redis 分片独占一个核，使用其 ${percent(BUSY)}，读写比 ${String(READS)}:1。机器之间的网络以及两个核以上的情况没有实测。\n`
  const header = isEnglish
    ? ['processes', 'shards', 'calls/s', 'bound by', 'memory of the processes', 'sandboxes in use at a time, if each is called through one process', 'sandboxes in 1 GiB of each shard']
    : ['进程', '分片', '调用/秒', '受限于', '进程的内存', '同时使用的沙箱（每个只经一个进程调用时）', '每个分片 1 GiB 可容纳的沙箱']
  return `${said}\n${table(header, rows)}`
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line), ''].join('\n')
}

const count = (value: number) => Math.round(value).toLocaleString('en')
const micros = (value: number) => `${value.toFixed(0)} µs`
const percent = (value: number) => `${(value * 100).toFixed(0)} %`
