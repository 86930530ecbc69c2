/**
 * Calls that go on to a real backend: through Understudy, through undici's own plain proxy and through `prism proxy`, each in front of the same bare
 * server, their rounds in turn. The plain proxy passes streams on and looks at nothing; the other plain one holds an answer as a whole before it passes
 * it on, as whoever judges it must.
 */
import { bareHttp, type Contender, script, understudy } from './contenders.js'
import { CONNECTIONS, load, type Measured, urlOf } from './load.js'
import { type Running, start } from './process.js'
import type { Growth } from './growth.js'
import { median } from './rounds.js'

const WORK = 'code'
const [STREAMS, WHOLE, OURS, PRISM] = ['undici, plain proxy', 'undici, plain proxy that has answers whole', 'Understudy, all real', 'prism proxy']

interface Taken extends Measured {
  readonly processor: number
  /** Calls per second, one after the other. */
  readonly alone: number
}

/** How one of them forwards. */
export interface Forwarded {
  readonly name: string
  /** Calls per second. */
  readonly rate: number
  /** Milliseconds that a call takes with all connections busy. */
  readonly mean: number
  readonly p99: number
  /** Milliseconds that a call takes when it is the only one, and the median of that beside the plain proxy's in the same round. */
  readonly alone: number
  readonly aloneBesidePlain: number
  /** Processor time of a call, in microseconds. */
  readonly processor: number
  /** Median over the rounds of its mean latency beside the plain proxy's in the same round, and of its rate beside Prism's; null where that was not there. */
  readonly besidePlain: number
  readonly besidePrism: number | null
}

/**
 * @param prism how `prism proxy` is started; null where it is left out
 * @returns the plain proxies first
 */
export async function measureForwarding({ rounds, seconds }: { readonly rounds: number; readonly seconds: number }, prism: ((port: number, origin: string) => readonly string[]) | null, say: (line: string) => void): Promise<readonly Forwarded[]> {
  const backend = await start({ ...bareHttp, roams: true })
  const origin = urlOf(backend)
  const contenders: readonly Contender[] = [
    { name: STREAMS, command: (port) => [script('plain-proxy.mjs'), String(port), origin], base: '', works: [WORK] },
    { name: WHOLE, command: (port) => [script('plain-proxy.mjs'), String(port), origin, 'whole'], base: '', works: [WORK] },
    { ...understudy, name: OURS, command: (port) => [...understudy.command(port), '--backend', `live=${origin}`] },
    ...(prism === null ? [] : [{ name: PRISM, command: (port: number) => prism(port, origin), base: '', works: [WORK] as const }]),
  ]
  const servers: Running[] = []
  const taken: Map<string, Taken>[] = []
  try {
    for (const contender of contenders) servers.push(await start(contender))
    for (let round = 0; round <= rounds; round++) {
      say(`forwarding, round ${String(round)} of ${String(rounds)}`)
      const inRound = new Map<string, Taken>()
      for (const server of servers) {
        const before = server.cpu()
        const measured = await load(server, WORK, seconds)
        const processor = ((server.cpu() - before) * 1000) / measured.requests
        const { rate: alone } = await load(server, WORK, seconds, 1)
        inRound.set(server.contender.name, { ...measured, processor, alone })
      }
      // In the first one they become warm.
      if (round > 0) taken.push(inRound)
    }
  } finally {
    await Promise.all([backend, ...servers].map((server) => server.stop()))
  }
  return contenders.map(({ name }) => {
    const middle = (figure: (own: Taken, all: (typeof taken)[number]) => number) => median(taken.flatMap((all) => [all.get(name)].flatMap((own) => (own === undefined ? [] : [figure(own, all)]))))
    return {
      name,
      rate: middle(({ rate }) => rate),
      mean: middle(({ rate }) => (CONNECTIONS / rate) * 1000),
      p99: middle(({ p99 }) => p99),
      alone: middle(({ alone }) => 1000 / alone),
      aloneBesidePlain: middle(({ alone }, all) => (all.get(STREAMS)?.alone ?? Number.NaN) / alone),
      processor: middle(({ processor }) => processor),
      besidePlain: middle(({ rate }, all) => (all.get(STREAMS)?.rate ?? Number.NaN) / rate),
      besidePrism: prism === null ? null : middle(({ rate }, all) => rate / (all.get(PRISM)?.rate ?? Number.NaN)),
    }
  })
}

/** @returns what was aimed at, and whether it was met */
export function forwardingGoals(rows: readonly Forwarded[]): readonly Growth[] {
  const ours = rows.find(({ name }) => name === OURS)
  if (ours === undefined) return []
  const { besidePlain, besidePrism, aloneBesidePlain } = ours
  return [
    ...(besidePrism === null ? [] : [{ what: 'forwarded calls/s, × prism proxy', figure: besidePrism.toFixed(2), target: '≥ 2', met: besidePrism >= 2 }]),
    { what: 'latency of a forwarded call, one after the other, × undici\'s plain proxy', figure: aloneBesidePlain.toFixed(2), target: '≤ 1.3', met: aloneBesidePlain <= 1.3 },
    { what: `the same with ${String(CONNECTIONS)} connections busy, where it is what the calls of all the others take of the processor`, figure: besidePlain.toFixed(2), target: '≤ 1.3', met: besidePlain <= 1.3 },
  ]
}
