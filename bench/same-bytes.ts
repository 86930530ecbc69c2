/**
 * Operations of all systems beside two servers that send the very bytes of Understudy's answers and do nothing else for them:
 * Express with a route for each and `response.json`, and `node:http` with the text ready.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Contender, script, understudy } from './contenders.js'
import { type Endpoint, endpoints, type Sent } from './endpoints.js'
import { type Measured, runWrk, urlOf } from './load.js'
import { type Running, start } from './process.js'
import { median } from './rounds.js'

/** Medians over the rounds. */
export interface Comparison {
  readonly what: string
  /** Bytes of the first answer's body. */
  readonly bytes: number
  readonly rate: number
  readonly p99: number
  readonly expressRatio: number
  readonly expressP99Ratio: number
  readonly httpRatio: number
}

/** What a bare server answers to one of the requests. */
interface Answer {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly type: string
  readonly body: string
}

const HEALTH = '/__admin/health'

/** @param plan seconds per measurement and number of rounds */
export async function compareAnswers(plan: { readonly seconds: number; readonly rounds: number }, say: (line: string) => void): Promise<Comparison[]> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-'))
  try {
    const rows: Comparison[] = []
    for (const [i, endpoint] of endpoints.entries()) rows.push(await compare(endpoint, join(folder, String(i)), plan, say))
    return rows
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function compare(endpoint: Endpoint, file: string, { seconds, rounds }: { seconds: number; rounds: number }, say: (line: string) => void): Promise<Comparison> {
  const base = `/${endpoint.system}`
  const ours = await start({ ...understudy, base }, HEALTH)
  const servers: Running[] = [ours]
  try {
    const sent = await endpoint.prepare(`${urlOf(ours)}${base}`)
    const answers: Answer[] = []
    for (const request of sent) answers.push(await answerTo(`${urlOf(ours)}${base}`, request))
    writeFileSync(`${file}.lua`, asLua(sent))
    writeFileSync(`${file}.json`, JSON.stringify(answers))
    const first = answers[0] ?? { path: '/', body: '' }
    const bare = (name: string, module: string): Contender => ({ name, command: (port) => [script(module), String(port), `${file}.json`], base: '', works: [] })
    servers.push(await start(bare('Express with the same bytes', 'same-express.mjs'), first.path), await start(bare('node:http with the same bytes', 'same-http.mjs'), first.path))
    const taken: Measured[][] = []
    for (let round = 0; round <= rounds; round++) {
      const measured: Measured[] = []
      for (const server of servers) measured.push(await runWrk(server, 'replay.lua', [`${file}.lua`, server.contender.base], round === 0 ? 1 : seconds))
      if (round === 0) continue // warms up
      taken.push(measured)
      say(`round ${String(round)}  ${endpoint.what.padEnd(36)}${measured.map(({ rate }) => `${rate.toFixed(0).padStart(8)}/s`).join('')}`)
    }
    return summarize(endpoint.what, Buffer.byteLength(first.body), taken)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

function summarize(what: string, bytes: number, taken: readonly (readonly Measured[])[]): Comparison {
  const of = (take: (ours: Measured, express: Measured, http: Measured) => number) => median(taken.flatMap(([ours, express, http]) => (ours && express && http ? [take(ours, express, http)] : [])))
  return {
    what,
    bytes,
    rate: of((ours) => ours.rate),
    p99: of((ours) => ours.p99),
    expressRatio: of((ours, express) => ours.rate / express.rate),
    expressP99Ratio: of((ours, express) => ours.p99 / express.p99),
    httpRatio: of((ours, _express, http) => ours.rate / http.rate),
  }
}

/** @throws Error when the answer is no 2XX */
async function answerTo(base: string, { method, path, headers, body }: Sent): Promise<Answer> {
  const response = await fetch(`${base}${path}`, { method, headers, ...(body === '' ? {} : { body }) })
  if (!response.ok) throw new Error(`${method} ${path} answered ${String(response.status)}`)
  return { method, path, status: response.status, type: response.headers.get('content-type') ?? '', body: await response.text() }
}

/** JSON's texts are Lua's as long as they are ASCII. */
function asLua(sent: readonly Sent[]): string {
  const rows = sent.map(({ method, path, headers, body }) => {
    const table = Object.entries(headers).map(([name, value]) => `[${JSON.stringify(name)}]=${JSON.stringify(value)}`)
    return `{method=${JSON.stringify(method)},path=${JSON.stringify(path)},headers={${table.join(',')}},body=${body === '' ? 'nil' : JSON.stringify(body)}}`
  })
  return `return {\n${rows.join(',\n')}\n}\n`
}
