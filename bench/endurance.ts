/** Resident memory under a long run: after a warm-up it must not climb. */
import { understudy } from './contenders.js'
import type { Growth } from './growth.js'
import { load } from './load.js'
import { start } from './process.js'

/** Seconds of one piece of work, after which memory is read. */
const PIECE = 5

/**
 * @param requests how many are sent in all, in pieces of mixed work
 * @returns the climb from the second quarter of the run to its end
 */
export async function endure(requests: number, say: (line: string) => void): Promise<Growth[]> {
  const server = await start(understudy)
  try {
    const readings: number[] = []
    let sent = 0
    while (sent < requests) {
      const { requests: more } = await load(server, 'session', PIECE)
      sent += more
      readings.push(server.memory())
      say(`${sent.toLocaleString('en')} requests, ${server.memory().toFixed(0)} MiB`)
    }
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const quarter = Math.max(1, Math.floor(readings.length / 4))
    const early = mean(readings.slice(quarter, 2 * quarter))
    const late = mean(readings.slice(-quarter))
    const climb = late / early
    return [{ what: `resident memory over ${sent.toLocaleString('en')} requests, second quarter to last`, figure: `${early.toFixed(0)} to ${late.toFixed(0)} MiB; × ${climb.toFixed(2)}`, target: 'flat: below × 1.1', met: climb < 1.1 }]
  } finally {
    await server.stop()
  }
}
