/**
 * `npm run bench`: Understudy beside bare Express, bare node:http and the public tools, part by part. `-- --quick` ends in two minutes.
 * Results go to standard output and, without `--quick`, each part into its section of bench/RESULTS.md as soon as it is measured, and as pictures to docs/picture.
 * `-- --growth --engines` measures these parts alone; `-- --console` and `-- --soak` are parts that are never measured beside others.
 * `-- --against <folder>` measures another clone's build in the same rounds: what a change costs, whatever the machine does.
 */
import { parseArgs } from 'node:util'
import { noRedis } from '../test/support/redis.js'
import { drawGrowth, drawThroughput } from './charts.js'
import { measureConsole } from './console.js'
import { compareContracts } from './contract-size.js'
import { bareExpress, bareHttp, build, earlierBuild, installPeers, peers, prismProxy, understudy } from './contenders.js'
import { endure } from './endurance.js'
import { keepFigures } from './engine-docs.js'
import { engineRows } from './engine-figures.js'
import { measureEngines } from './engines.js'
import { forwardingGoals, measureForwarding } from './forward.js'
import { measureGrowth } from './growth.js'
import { measureMemory } from './memory.js'
import { answersTable, forwardTable, growthTable, keepSection, rates, section, startAndMemory } from './report.js'
import { runRounds } from './rounds.js'
import { compareAnswers } from './same-bytes.js'
import { soak } from './soak.js'
import { messageOf } from '../src/plain/message.js'

/** Calls of a soak that goes into the results. */
const WHOLE_SOAK = 5_000_000

const flag = { type: 'boolean', default: false } as const
const { values } = parseArgs({
  options: {
    throughput: flag, answers: flag, forward: flag, growth: flag, contracts: flag, endurance: flag, engines: flag, console: flag, soak: flag,
    quick: flag, 'no-peers': flag, against: { type: 'string' }, calls: { type: 'string', default: String(WHOLE_SOAK) }, rounds: { type: 'string' }, seconds: { type: 'string' },
  },
})
const { quick } = values
const plan = { seconds: Number(values.seconds ?? (quick ? 1 : 3)), rounds: Number(values.rounds ?? (quick ? 2 : 7)), starts: quick ? 2 : 7, requests: quick ? 10_000 : 100_000 }
const fewer = { ...plan, rounds: Math.min(plan.rounds, 5) }
const date = new Date().toISOString().slice(0, 10)
const say = (line: string) => process.stderr.write(`${line}\n`)
const tools = values['no-peers'] ? [] : peers

/** What is measured, each under its title; the lines are what its section says. */
const parts: Readonly<Record<string, readonly [title: string, measure: () => Promise<readonly string[]>]>> = {
  throughput: ['Throughput, start and memory', async () => {
    const own = [understudy, ...(values.against === undefined ? [] : [earlierBuild(values.against)]), bareHttp]
    const memory = new Map([...(await measureMemory([bareExpress, ...own], plan.requests, quick ? 1 : 3, say)), ...(await measureMemory(tools, plan.requests, 1, say))])
    const rows = await runRounds([...own, ...tools], plan, memory, say)
    if (!quick) drawThroughput(rows)
    return [roundsOf(plan), '', ...rates(rows), '', ...startAndMemory(rows, plan.requests)]
  }],
  answers: ['Answers of other systems', async () => [roundsOf(plan), '', ...answersTable(await compareAnswers(plan, say))]],
  forward: ['Forwarding', async () => {
    const forwarded = await measureForwarding(fewer, values['no-peers'] ? null : prismProxy, say)
    return [roundsOf(fewer), '', ...forwardTable(forwarded), '', ...growthTable(forwardingGoals(forwarded))]
  }],
  growth: ['Growth', async () => {
    const rows = quick ? await measureGrowth([100, 10_000], 100, say) : await measureGrowth([100, 10_000, 1_000_000], 1000, say)
    if (!quick) drawGrowth(rows)
    return growthTable(rows)
  }],
  contracts: ['Contracts of many operations', async () => growthTable(await compareContracts([50, 500], 9, say))],
  endurance: ['Endurance', async () => growthTable(await endure(2_000_000, say))],
  engines: ['Engines', async () => {
    if (noRedis !== null) throw new Error(noRedis)
    const figures = await measureEngines({ seconds: plan.seconds, rounds: fewer.rounds, isQuick: quick }, date, say)
    if (!quick) keepFigures(figures)
    return [roundsOf(fewer), '', ...growthTable(engineRows(figures))]
  }],
  console: ['Console', async () => growthTable(await measureConsole(quick ? 20 : 120, say))],
  soak: [`Soak of ${Number(values.calls).toLocaleString('en')} calls`, async () => {
    const rows = await soak(Number(values.calls), say)
    if (rows.some(({ met }) => met !== true)) process.exitCode = 1
    return growthTable(rows)
  }],
}

/** Not measured unless they are asked for: the one wants a browser, the other an hour; and a quick run has no time for these. */
const APART = ['console', 'soak', ...(quick ? ['contracts', 'endurance'] : [])]
const asked = Object.keys(parts).filter((name) => name in values && values[name as keyof typeof values] === true)
const wanted = asked.length > 0 ? asked : Object.keys(parts).filter((name) => !APART.includes(name))
const isKept = !quick && Number(values.calls) >= WHOLE_SOAK

build()
if (!values['no-peers'] && (wanted.includes('throughput') || wanted.includes('forward'))) installPeers()
for (const name of wanted) {
  const [title, measure] = parts[name] ?? []
  if (title === undefined || measure === undefined) continue
  try {
    const text = section(title, await measure(), date)
    process.stdout.write(`${text}\n`)
    if (isKept) keepSection(title, text)
  } catch (error) {
    // The others are not to be lost for it.
    say(`${title}: not measured: ${messageOf(error)}`)
    process.exitCode = 1
  }
}
process.exit()

function roundsOf({ rounds, seconds }: { readonly rounds: number; readonly seconds: number }): string {
  return `${String(rounds)} rounds of ${String(seconds)} s, 32 connections.`
}
