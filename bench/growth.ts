/**
 * What must not grow with the world or the number of sandboxes: the cost of a page, a login, a reset, a new sandbox.
 * Each size has a server of its own; their requests are interleaved, so that all meet the same machine.
 */
import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { createClient } from './client.js'
import { root } from './contenders.js'
import { type Running, socketOf, start } from './process.js'
import { median } from './rounds.js'

export interface Growth {
  readonly what: string
  readonly figure: string
  readonly target: string
  /** Null where nothing was aimed at. */
  readonly met: boolean | null
  /** Median milliseconds at each number of records; for the picture. */
  readonly line?: { readonly name: string; readonly sizes: readonly number[]; readonly milliseconds: readonly number[] }
}

/** Base URL and clean-up of one size. */
interface Sized {
  readonly size: number
  readonly server: Running
}

type Action = (base: string, turn: number) => Promise<unknown>

const call = createClient(1)
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

const actions: Readonly<Record<string, Action>> = {
  'a page of a list': (base) => call(`${base}/@growth/job/api/job/list?pageNumber=1&pageSize=10`),
  'a login': (base) => call(`${base}/@growth/job/login`, { method: 'POST', headers: FORM, body: 'username=13800002002&password=abc12345' }),
  'a reset': (base) => call(`${base}/__admin/sandboxes/growth/reset`, { method: 'POST' }),
  'a new sandbox': (base, turn) => call(`${base}/@new-${String(turn)}/job/api/job/list`),
}

/**
 * @param sizes records of the worlds, the smallest first
 * @param times how often each action is measured
 */
export async function measureGrowth(sizes: readonly number[], times: number, say: (line: string) => void): Promise<Growth[]> {
  const servers: Sized[] = []
  try {
    for (const size of sizes) servers.push({ size, server: await startSized(size) })
    const rows: Growth[] = []
    for (const [what, action] of Object.entries(actions)) {
      const taken = await interleave(servers, action, times)
      const [smallest = Number.NaN] = taken
      const worst = Math.max(...taken) / smallest
      say(`${what}: ${taken.map((ms, i) => `${String(sizes[i])} records ${ms.toFixed(3)} ms`).join(', ')}`)
      rows.push({ what: `${what}, ${sizes.map((size) => size.toLocaleString('en')).join(' / ')} records`, figure: `${taken.map((ms) => ms.toFixed(3)).join(' / ')} ms; × ${worst.toFixed(2)}`, target: 'below × 1.5', met: worst < 1.5, line: { name: what, sizes, milliseconds: taken } })
    }
    return [...rows, ...(await manySandboxes(servers, say))]
  } finally {
    await Promise.all(servers.map(({ server }) => server.stop()))
  }
}

function startSized(size: number): Promise<Running> {
  const contender = {
    name: `Understudy with ${String(size)} records`,
    command: (port: number) => ['--expose-gc', '--max-old-space-size=8192', fileURLToPath(new URL('contenders/measured.mjs', import.meta.url)), String(port), String(size), root, socketOf(port)],
    base: '',
    works: [],
  }
  return start(contender, '/__admin/health')
}

/** @returns the median milliseconds of the action at each size */
async function interleave(servers: readonly Sized[], action: Action, times: number): Promise<number[]> {
  const taken = servers.map((): number[] => [])
  for (let turn = 0; turn < times; turn++) {
    for (const [i, { server }] of servers.entries()) {
      const begun = performance.now()
      await action(`http://127.0.0.1:${String(server.port)}`, turn)
      if (turn >= times / 5) taken[i]?.push(performance.now() - begun)
    }
  }
  return taken.map(median)
}

/** Ten thousand sandboxes, each used once: what one costs in heap, and what all cost together. */
async function manySandboxes(servers: readonly Sized[], say: (line: string) => void): Promise<Growth[]> {
  const rows: Growth[] = []
  for (const { size, server } of servers) {
    const base = `http://127.0.0.1:${String(server.port)}`
    const before = await bytesInUse(server)
    const begun = performance.now()
    for (let i = 0; i < 10_000; i++) await call(`${base}/@many-${String(i)}/job/api/job/list?pageSize=1`)
    const each = (performance.now() - begun) / 10_000
    const kilobytes = ((await bytesInUse(server)) - before) / 10_000 / 1024
    say(`10,000 sandboxes over ${String(size)} records: ${each.toFixed(3)} ms and ${kilobytes.toFixed(1)} kB each, ${server.memory().toFixed(0)} MiB resident`)
    rows.push({ what: `a sandbox with its first call over ${size.toLocaleString('en')} records`, figure: `${each.toFixed(3)} ms, ${kilobytes.toFixed(1)} kB`, target: '1 ms, 50 kB', met: each < 1 && kilobytes < 50 })
    if (size === servers[0]?.size) rows.push({ what: '10,000 sandboxes, resident', figure: `${server.memory().toFixed(0)} MiB`, target: '1024 MiB', met: server.memory() < 1024 })
  }
  return rows
}

/** Bytes in use after a collection, in the heap and beside it. */
function bytesInUse({ port }: Running): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ socketPath: socketOf(port) }, (response) => {
      text(response).then((bytes) => {
        resolve(Number(bytes))
      }, reject)
    }).on('error', reject)
  })
}
