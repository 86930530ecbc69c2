/**
 * `npm run bench`: Understudy beside bare Express, bare node:http and the public tools. `-- --quick` ends in two minutes.
 * Results go to standard output and, without `--quick`, to bench/RESULTS.md and as pictures to bench/charts.
 * `-- --against <folder>` measures another clone's build in the same rounds: what a change costs, whatever the machine does.
 * `-- --soak` is the long run alone, `-- --soak --calls 100000` a short one, which is printed only.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { noRedis } from '../test/support/redis.js'
import { drawCharts } from './charts.js'
import { CONSOLE, measureConsole } from './console.js'
import { compareContracts } from './contract-size.js'
import { bareExpress, bareHttp, build, earlierBuild, installPeers, peers, prismProxy, root, understudy } from './contenders.js'
import { endure } from './endurance.js'
import { keepFigures } from './engine-docs.js'
import { engineRows } from './engine-figures.js'
import { measureEngines } from './engines.js'
import { forwardingGoals, measureForwarding } from './forward.js'
import { type Growth, measureGrowth } from './growth.js'
import { measureMemory } from './memory.js'
import { forwardTable, growthTable, report, withRows, withStanding } from './report.js'
import { runRounds } from './rounds.js'
import { compareAnswers } from './same-bytes.js'
import { SOAK, soak } from './soak.js'

/** Calls of a soak that goes into the results. */
const WHOLE_SOAK = 5_000_000

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, console: { type: 'boolean', default: false }, engines: { type: 'boolean', default: false }, forward: { type: 'boolean', default: false }, soak: { type: 'boolean', default: false }, against: { type: 'string' }, calls: { type: 'string', default: String(WHOLE_SOAK) }, 'no-peers': { type: 'boolean', default: false }, rounds: { type: 'string' }, seconds: { type: 'string' } },
})
const plan = { seconds: Number(values.seconds ?? (values.quick ? 1 : 3)), rounds: Number(values.rounds ?? (values.quick ? 2 : 7)), starts: values.quick ? 2 : 7, requests: values.quick ? 10_000 : 100_000 }

const say = (line: string) => process.stderr.write(`${line}\n`)
const date = new Date().toISOString().slice(0, 10)
const results = join(root, 'bench', 'RESULTS.md')
build()
if (values.console) {
  const rows = await measureConsole(values.quick ? 20 : 120, date, say)
  process.stdout.write(`${growthTable(rows).join('\n')}\n`)
  if (!values.quick) writeFileSync(results, withRows(readFileSync(results, 'utf8'), CONSOLE, rows))
  process.exit()
}
if (values.soak) {
  const rows = await soak(Number(values.calls), date, say)
  process.stdout.write(`${growthTable(rows).join('\n')}\n`)
  if (Number(values.calls) >= WHOLE_SOAK) writeFileSync(results, withRows(readFileSync(results, 'utf8'), SOAK, rows))
  process.exit(rows.every(({ met }) => met === true) ? 0 : 1)
}
const enginePlan = { seconds: Number(values.seconds ?? (values.quick ? 1 : 3)), rounds: Number(values.rounds ?? (values.quick ? 2 : 5)), isQuick: values.quick }
if (values.engines) {
  if (noRedis !== null) throw new Error(noRedis)
  const figures = await measureEngines(enginePlan, date, say)
  process.stdout.write(`${growthTable(engineRows(figures)).join('\n')}\n`)
  if (!values.quick) keepFigures(figures)
  process.exit()
}
if (!values['no-peers']) installPeers()
const forwarding = () => measureForwarding({ rounds: values.quick ? plan.rounds : Math.min(plan.rounds, 5), seconds: plan.seconds }, values['no-peers'] ? null : prismProxy, say)
if (values.forward) {
  const forwarded = await forwarding()
  process.stdout.write(`${[...forwardTable(forwarded), '', ...growthTable(forwardingGoals(forwarded))].join('\n')}\n`)
  process.exit()
}
const earlier = values.against === undefined ? [] : [earlierBuild(values.against)]
const contenders = [understudy, ...earlier, bareHttp, ...(values['no-peers'] ? [] : peers)]
const memory = new Map([
  ...(await measureMemory([bareExpress, understudy, ...earlier, bareHttp], plan.requests, plan.starts > 2 ? 3 : 1, say)),
  ...(await measureMemory(values['no-peers'] ? [] : peers, plan.requests, 1, say)),
])
const rows = await runRounds(contenders, plan, memory, say)
const answers = await compareAnswers(plan, say)
const forwarded = await forwarding()
const growth: Growth[] = values.quick
  ? await measureGrowth([100, 10_000], 100, say)
  : [...(await measureGrowth([100, 10_000, 1_000_000], 1000, say)), ...((await compareContracts([50, 500], 9, say).catch(leaveOut)) ?? []), ...((await endure(2_000_000, say).catch(leaveOut)) ?? [])]
if (noRedis !== null) say(`the engines are left out: ${noRedis}`)
// What took half an hour is not to be lost for it.
const engines = noRedis === null ? await measureEngines(enginePlan, date, say).catch(leaveOut) : null
const text = report(rows, answers, forwarded, [...growth, ...forwardingGoals(forwarded), ...(engines === null ? [] : engineRows(engines))], plan, date)
process.stdout.write(text)
if (!values.quick) {
  if (engines !== null) keepFigures(engines)
  // The soak and the console are runs of their own, whose rows carry their date.
  writeFileSync(results, withStanding(text, readFileSync(results, 'utf8'), [SOAK, CONSOLE]))
  drawCharts(rows, growth)
}

function leaveOut(error: unknown): null {
  say(`a part could not be measured: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
  return null
}
