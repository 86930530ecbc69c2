/** What does not depend on how fast calls come, but on how much there is: loads, resets, forks, memory. */
import { createClient } from './client.js'
import type { Contender } from './contenders.js'
import type { EngineFigures, EngineName } from './engine-figures.js'
import { CONNECTIONS, urlOf } from './load.js'
import { type Running, start } from './process.js'
import type { MeasuredRedis } from './redis.js'
import { median } from './rounds.js'

const TIMES = 5
const call = createClient(CONNECTIONS)
const admin = (server: Running, path: string) => `${urlOf(server)}/__admin/sandboxes${path}`
const JSON_BODY = { 'content-type': 'application/json' }
const post = (url: string, body: object) => call(url, { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) })
const listIn = (server: Running, sandbox: string) => call(`${urlOf(server)}/@${sandbox}/job/api/job/list?pageSize=1`)

async function milliseconds(action: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await action()
  return performance.now() - begun
}

async function inTurn<T>(action: (turn: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let turn = 0; turn < TIMES; turn++) results.push(await action(turn))
  return results
}

/** Does something so many times, as many at once as there are connections. */
async function many(count: number, action: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    while (next < count) await action(next++)
  }))
}

/** Puts records into the sandbox that the world does not have. */
async function fill(server: Running, sandbox: string, records: number): Promise<void> {
  const [model] = JSON.parse(await call(admin(server, `/${sandbox}/db/job/jobs`))) as object[]
  await many(records, (i) => post(admin(server, `/${sandbox}/db/job/jobs`), { ...model, id: 100_000 + i }))
}

async function using<T>(contenders: readonly Contender[], work: (servers: readonly Running[]) => Promise<T>): Promise<T> {
  const servers: Running[] = []
  try {
    for (const contender of contenders) servers.push(await start(contender))
    return await work(servers)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

/** A reset of a sandbox in which so many records were changed, in each engine. */
export async function measureResets(engines: Readonly<Record<EngineName, Contender>>, records: number, say: (line: string) => void): Promise<EngineFigures['reset']> {
  return using(Object.values(engines), async (servers) => {
    const taken: Record<string, number[]> = {}
    for (const server of servers) {
      await fill(server, 'model', records)
      for (let turn = 0; turn < TIMES; turn++) await post(admin(server, ''), { name: `reset-${String(turn)}`, fork: { sandbox: 'model' } })
    }
    await inTurn(async (turn) => {
      for (const server of servers) (taken[server.contender.name] ??= []).push(await milliseconds(() => post(admin(server, `/reset-${String(turn)}/reset`), {})))
    })
    const of = (name: EngineName) => rounded(median(taken[name] ?? []))
    say(`a reset after ${String(records)} changed records: memory ${String(of('memory'))} ms, file ${String(of('file'))} ms, redis ${String(of('redis'))} ms`)
    return { records, memory: of('memory'), file: of('file'), redis: of('redis') }
  })
}

/** The first call that reaches a sandbox of this size in a process that has never seen it. */
export async function loadCold(contender: Contender, records: number, say: (line: string) => void): Promise<EngineFigures['cold']> {
  return using([contender, contender], async ([first, second]) => {
    if (first === undefined || second === undefined) throw new Error('two processes are needed')
    await fill(first, 'model', records)
    for (let turn = 0; turn <= TIMES; turn++) await post(admin(first, ''), { name: `cold-${String(turn)}`, fork: { sandbox: 'model' } })
    await listIn(second, `cold-${String(TIMES)}`) // what a process does once
    const taken = await inTurn(async (turn) => [await milliseconds(() => listIn(second, `cold-${String(turn)}`)), await milliseconds(() => listIn(second, `cold-${String(turn)}`))] as const)
    const [cold, warm] = [rounded(median(taken.map(([one]) => one))), rounded(median(taken.map(([, other]) => other)))]
    say(`the first call of a process to a sandbox with ${String(records)} changed records: ${String(cold)} ms, the next ${String(warm)} ms`)
    return { records, first: cold, next: warm }
  })
}

/** A sandbox in which so many calls wrote: what its history takes up, and what looking back costs. */
export async function forkAfterMany(contender: Contender, redis: MeasuredRedis, commits: number, say: (line: string) => void): Promise<EngineFigures['commits']> {
  return using([contender, contender], async ([first, second]) => {
    if (first === undefined || second === undefined) throw new Error('two processes are needed')
    await listIn(first, 'long')
    const before = redis.memory()
    await many(commits, (i) => call(`${urlOf(first)}/@long/live/auth/code?mobile=139${String(i).padStart(8, '0')}`))
    const memory = rounded((redis.memory() - before) / 2 ** 20)
    await listIn(second, 'warm')
    const cold = rounded(await milliseconds(() => listIn(second, 'long')))
    const at = commits - 500
    const forks = await inTurn((turn) => milliseconds(() => post(admin(first, ''), { name: `fork-${String(turn)}`, fork: { sandbox: 'long', at } })))
    const fork = rounded(median(forks))
    say(`${String(commits)} commits: ${String(memory)} MiB in Redis, ${String(cold)} ms until another process has it, ${String(fork)} ms for a fork 500 calls back`)
    return { commits, memory, load: cold, fork }
  })
}

/** More sandboxes than a process keeps replicas of, each used for a login and a look: what one takes up, and that a process stays as large as it is. */
export async function manySandboxes(contender: Contender, redis: MeasuredRedis, counts: readonly number[], say: (line: string) => void): Promise<EngineFigures['sandboxes']> {
  return using([contender], async ([server]) => {
    if (server === undefined) throw new Error('a process is needed')
    const before = redis.memory()
    const resident: number[] = []
    let made = 0
    for (const count of counts) {
      const from = made
      await many(count - from, async (i) => {
        const base = `${urlOf(server)}/@many-${String(from + i)}/live`
        await call(`${base}/auth/code?mobile=13800003001`)
        await post(`${base}/auth/login`, { mobile: '13800003001', auth_code: '123456' })
        await call(`${base}/channels/live`)
      })
      made = count
      resident.push(Math.round(server.memory()))
      say(`${String(count)} sandboxes: ${server.memory().toFixed(0)} MiB resident`)
    }
    const kibibytes = rounded((redis.memory() - before) / made / 1024)
    say(`a sandbox with a login takes up ${String(kibibytes)} KiB in Redis`)
    return { counts, resident, kibibytes }
  })
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
