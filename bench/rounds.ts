/** Rounds: everybody does the same work for the same time, one after the other, again and again; each is compared with bare Express of its own round. */
import { bareExpress, type Contender, type Work } from './contenders.js'
import { load, type Measured } from './load.js'
import { type Running, start } from './process.js'

export interface Row {
  readonly name: string
  /** By work: medians over the rounds. Absent where the contender cannot do the work. */
  readonly works: Partial<Record<Work, { readonly rate: number; readonly p99: number; readonly ratio: number; readonly p99Ratio: number }>>
  /** Median milliseconds from spawn to the first answer. */
  readonly start: number
  readonly startRatio: number
  /** Resident MiB after the same number of requests. */
  readonly memory: number
  readonly memoryRatio: number
}

/**
 * @param contenders who takes part; bare Express always does
 * @param plan seconds per measurement, number of rounds, number of cold starts
 * @param memory resident MiB by name
 */
export async function runRounds(contenders: readonly Contender[], plan: { seconds: number; rounds: number; starts: number }, memory: ReadonlyMap<string, number>, say: (line: string) => void): Promise<Row[]> {
  const all = [bareExpress, ...contenders]
  const starts = await coldStarts(all, plan.starts)
  const servers: Running[] = []
  for (const contender of all) servers.push(await start(contender))
  const taken = new Map<string, Measured[]>()
  try {
    for (let round = 0; round <= plan.rounds; round++) {
      for (const work of bareExpress.works) {
        const doing = servers.filter(({ contender }) => contender.works.includes(work))
        // What came before leaves the machine warm or busy: nobody always comes after the same one.
        for (const server of round % 2 === 0 ? doing : doing.reverse()) {
          const measured = await load(server, work, round === 0 ? 1 : plan.seconds)
          if (round === 0) continue // warms up
          const key = `${server.contender.name}/${work}`
          taken.set(key, [...(taken.get(key) ?? []), measured])
          say(`round ${String(round)}  ${work.padEnd(8)}${server.contender.name.padEnd(32)}${measured.rate.toFixed(0).padStart(8)}/s  p99 ${measured.p99.toFixed(2)} ms`)
        }
      }
    }
    return all.map((contender) => summarize(contender, taken, starts, memory))
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

async function coldStarts(contenders: readonly Contender[], times: number): Promise<Map<string, number>> {
  const taken = new Map<string, number[]>()
  for (let i = 0; i < times; i++) {
    for (const contender of contenders) {
      const server = await start(contender)
      await server.stop()
      taken.set(contender.name, [...(taken.get(contender.name) ?? []), server.start])
    }
  }
  return new Map([...taken].map(([name, values]) => [name, median(values)]))
}

function summarize(contender: Contender, taken: ReadonlyMap<string, readonly Measured[]>, starts: ReadonlyMap<string, number>, memory: ReadonlyMap<string, number>): Row {
  const works: Row['works'] = {}
  for (const work of contender.works) {
    const own = taken.get(`${contender.name}/${work}`) ?? []
    const bare = taken.get(`${bareExpress.name}/${work}`) ?? []
    works[work] = {
      rate: median(own.map(({ rate }) => rate)),
      p99: median(own.map(({ p99 }) => p99)),
      ratio: median(own.map(({ rate }, round) => rate / (bare[round]?.rate ?? Number.NaN))),
      p99Ratio: median(own.map(({ p99 }, round) => p99 / (bare[round]?.p99 ?? Number.NaN))),
    }
  }
  const of = (values: ReadonlyMap<string, number>, { name }: Contender) => values.get(name) ?? Number.NaN
  return {
    name: contender.name,
    works,
    start: of(starts, contender),
    startRatio: of(starts, contender) / of(starts, bareExpress),
    memory: of(memory, contender),
    memoryRatio: of(memory, contender) / of(memory, bareExpress),
  }
}

/** @returns the middle value */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
