/**
 * `npm run bench:forward`: calls that go on to a real backend, through Understudy, through undici's own plain proxy and through
 * `prism proxy`, each in front of the same bare server, in one run. `-- --rounds 5 --seconds 3`.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bareHttp, build, type Contender, root, script, understudy } from './contenders.js'
import { load, type Measured, urlOf } from './load.js'
import { start } from './process.js'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '3' } } })
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]
const WORK = 'code'

build()
const backend = await start(bareHttp)
const origin = urlOf(backend)
const contenders: readonly Contender[] = [
  { name: 'undici, plain proxy', command: (port) => [script('plain-proxy.mjs'), String(port), origin], base: '', works: [WORK] },
  { ...understudy, name: 'Understudy, real', command: (port) => [...understudy.command(port), '--backend', `live=${origin}`] },
  {
    name: 'prism proxy',
    command: (port) => [join(root, 'node_modules/@stoplight/prism-cli/dist/index.js'), 'proxy', '--host', '127.0.0.1', '--port', String(port), '--verboseLevel', 'silent', join(root, 'openapi/bundled/live.json'), origin],
    base: '',
    works: [WORK],
  },
]
const servers = []
for (const contender of contenders) servers.push(await start(contender))
const taken = new Map<string, Measured[]>()
try {
  for (let round = 0; round <= rounds; round++) {
    for (const server of servers) {
      const measured = await load(server, WORK, round === 0 ? 1 : seconds)
      if (round > 0) taken.set(server.contender.name, [...(taken.get(server.contender.name) ?? []), measured])
    }
  }
} finally {
  await Promise.all([backend, ...servers].map((server) => server.stop()))
}
process.stdout.write('| forwards | calls/s | p99 | mean latency of 32 connections |\n| --- | ---: | ---: | ---: |\n')
for (const [name, all] of taken) {
  const rate = median(all.map((one) => one.rate))
  process.stdout.write(`| ${name} | ${rate.toFixed(0)} | ${median(all.map(({ p99 }) => p99)).toFixed(2)} ms | ${((32 / rate) * 1000).toFixed(2)} ms |\n`)
}

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN
}
