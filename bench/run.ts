/**
 * `npm run bench`: Understudy beside bare Express, bare node:http and the public tools. `-- --quick` ends in two minutes.
 * Results go to standard output and, without `--quick`, to bench/RESULTS.md.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bareHttp, build, installPeers, peers, root, understudy } from './contenders.js'
import { report } from './report.js'
import { runRounds } from './rounds.js'

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, 'no-peers': { type: 'boolean', default: false }, rounds: { type: 'string' }, seconds: { type: 'string' } },
})
const plan = { seconds: Number(values.seconds ?? (values.quick ? 2 : 8)), rounds: Number(values.rounds ?? (values.quick ? 2 : 5)), starts: values.quick ? 3 : 9 }

build()
if (!values['no-peers']) installPeers()
const contenders = [understudy, bareHttp, ...(values['no-peers'] ? [] : peers)]
const rows = await runRounds(contenders, plan, (line) => process.stderr.write(`${line}\n`))
const text = report(rows, [], `${plan.rounds} rounds of ${plan.seconds} s, 32 connections`, new Date().toISOString().slice(0, 10))
process.stdout.write(text)
if (!values.quick) writeFileSync(join(root, 'bench', 'RESULTS.md'), text)
