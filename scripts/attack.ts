/**
 * `npm run attack`: a built stub under generated calls, hostile pages, patterns, half requests, hostile backends and floods. `-- --short` ends within four
 * minutes, `-- --calls 1000000` is the long form, `-- --seed 7` another run, `-- --only patterns` one campaign. Exits with 1 if anything was off.
 */
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { loadSystems } from '../src/systems/load.js'
import { hasOpenssl } from '../test/support/openssl.js'
import { attackBackends, Plan } from './attack/backends.js'
import { attackBudgets } from './attack/budgets.js'
import { attackControl } from './attack/control.js'
import { startHostileBackend } from './attack/hostile.js'
import { attackHttp2, startTlsBackends } from './attack/http2.js'
import { attackOperations } from './attack/operations.js'
import { attackOrigins } from './attack/origins.js'
import { attackPatterns } from './attack/patterns.js'
import { sender } from './attack/send.js'
import { attackSockets } from './attack/sockets.js'
import type { Tally } from './attack/tally.js'
import { startTarget, type Target } from './attack/target.js'
import { attackWire } from './attack/wire.js'

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false }, calls: { type: 'string' }, seed: { type: 'string', default: '1' }, only: { type: 'string' }, flags: { type: 'string', default: '' } } })
const calls = Number(values.calls ?? (values.short ? 20_000 : 1_000_000))
const seed = Number(values.seed)

execFileSync('npm', ['run', 'build:js', '--silent'], { stdio: 'inherit', shell: process.platform === 'win32' })
const systems = await loadSystems([])

type Campaign = (target: Target) => Promise<Tally | null>
const isChosen = (name: string) => values.only === undefined || name === values.only
const plan = new Plan(Math.round(calls * 0.005), seed)
const hostile = await startHostileBackend(plan.answer)
const overTls = hasOpenssl && isChosen('http2') ? await startTlsBackends(Math.round(calls * 0.003), seed) : null
/** What a server is started with beside the flags that hold for all. */
const flagsOf: Readonly<Record<string, readonly string[]>> = { backends: ['live', 'edu', 'im'].flatMap((system) => ['--backend', `${system}=${hostile.url}`]) }
/** Each meets a server of its own, so that one's damage is not another's. */
const campaigns: Readonly<Record<string, Campaign>> = {
  operations: ({ url }) => attackOperations(sender(url), systems, Math.round(calls * 0.8), seed),
  control: ({ url }) => attackControl(sender(url), Math.round(calls * 0.15), seed),
  sockets: ({ url }) => attackSockets(sender(url), url, Math.round(calls * 0.05), seed),
  origins: ({ url, port }) => attackOrigins(sender(url), port),
  patterns: ({ url }) => attackPatterns(sender(url)),
  wire: ({ url, port }) => attackWire(sender(url), port),
  backends: (target) => attackBackends(sender(target.url), target, hostile.url, plan),
  http2: async (target) => (overTls === null ? null : attackHttp2(sender(target.url, 64), target, overTls)),
  budgets: (target) => attackBudgets(sender(target.url), target, values.short ? 1 : 5),
}

const chosen = Object.entries(campaigns).filter(([name]) => isChosen(name))
if (chosen.length === 0) throw new Error(`no campaign is called ${String(values.only)}; there are ${Object.keys(campaigns).join(', ')}`)
process.stdout.write(`seed ${String(seed)}, ${calls.toLocaleString('en')} calls\n\n${row('', 'tried', 'served', 'refused', 'violations', '5XX', 'HTML', 'hangs', 'off', 'peak MiB')}\n`)
let isClean = true
for (const [name, run] of chosen) {
  const target = await startTarget([...(values.flags === '' ? [] : values.flags.split(' ')), ...(flagsOf[name] ?? [])], overTls?.env)
  try {
    const tally = await run(target)
    if (tally === null) {
      process.stdout.write(`${name}: left out, for there is no openssl here that makes a certificate\n`)
      continue
    }
    if (!target.isAlive) tally.fail('off', name, `the server died: ${target.log.slice(-5).join(' | ')}`)
    // What the server itself calls a bug is one, whatever its answer looked like.
    for (const line of target.log.filter((text) => /breaks its contract|failed: |unexpected|uncaught|unhandled/i.test(text)).slice(0, 3)) tally.fail('off', 'log of the server', line)
    show(name, tally, target)
    isClean &&= tally.isClean
  } finally {
    await target.stop()
  }
}
await Promise.all([hostile.close(), overTls?.close()])
process.stdout.write(isClean ? '\nNothing was off.\n' : '\nSomething was off. The same seed makes the same calls again.\n')
process.exitCode = isClean ? 0 : 1

function show(name: string, { counts, faults, notes, name: title }: Tally, { peak }: Target): void {
  const { tried, served, refused, violations, failures, html, hangs, off } = counts
  process.stdout.write(`${row(`${name}: ${title}`, ...[tried, served, refused, violations, failures, html, hangs, off, Math.round(peak)].map((count) => count.toLocaleString('en')))}\n`)
  for (const note of notes) process.stdout.write(`    ${note}\n`)
  for (const { what, call, answer } of faults) process.stdout.write(`    ${what}: ${call}\n      ${answer.replaceAll('\n', ' ')}\n`)
}

function row(first: string, ...others: readonly string[]): string {
  return first.padEnd(52) + others.map((text) => text.padStart(11)).join('')
}
