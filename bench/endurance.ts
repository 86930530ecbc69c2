/** Resident memory under a long run: after a warm-up it must not climb, nor be far from that of bare Express under the same run. */
import { bareExpress, type Contender, understudy } from './contenders.js'
import type { Growth } from './growth.js'
import { load } from './load.js'
import { start } from './process.js'

/** Seconds of one piece of work, after which memory is read. */
const PIECE = 5

/** MiB in the second quarter of the run and in the last. */
interface Line {
  readonly early: number
  readonly late: number
}

/** @param requests how many are sent in all, in pieces of mixed work */
export async function endure(requests: number, say: (line: string) => void): Promise<Growth[]> {
  const ours = await lineOf(understudy, requests, say)
  const express = await lineOf(bareExpress, requests, say)
  const climb = ours.late / ours.early
  const ratio = ours.late / express.late
  const run = `over ${requests.toLocaleString('en')} requests`
  return [
    { what: `resident memory ${run}, second quarter to last`, figure: `${ours.early.toFixed(0)} to ${ours.late.toFixed(0)} MiB; × ${climb.toFixed(2)}`, target: 'flat: below × 1.1', met: climb < 1.1 },
    { what: `the same beside bare Express, last quarter`, figure: `${ours.late.toFixed(0)} / ${express.late.toFixed(0)} MiB; × ${ratio.toFixed(2)}`, target: 'at most × 1.5', met: ratio <= 1.5 },
  ]
}

async function lineOf(contender: Contender, requests: number, say: (line: string) => void): Promise<Line> {
  const server = await start(contender)
  try {
    const readings: number[] = []
    let sent = 0
    while (sent < requests) {
      sent += (await load(server, 'session', PIECE)).requests
      readings.push(server.memory())
      say(`${contender.name}: ${sent.toLocaleString('en')} requests, ${server.memory().toFixed(0)} MiB`)
    }
    const quarter = Math.max(1, Math.floor(readings.length / 4))
    return { early: mean(readings.slice(quarter, 2 * quarter)), late: mean(readings.slice(-quarter)) }
  } finally {
    await server.stop()
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
