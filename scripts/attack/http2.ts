/** Real backends over TLS that mean harm, most of them by HTTP/2: each call gets its answer in time, and where a connection is broken, the next one is not. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { certificate } from '../../test/support/openssl.js'
import { answers } from './answers.js'
import { ASKING, type Case, drawCases, NOBODYS, rightFor, WITHOUT_END } from './cases.js'
import { type HostileBackend, startHostileBackend } from './hostile.js'
import { frames } from './http2/frames.js'
import { greetings, LASTING } from './http2/greetings.js'
import { type Answering, type Greeting, startHttp2Backend } from './http2/server.js'
import { sessions } from './http2/sessions.js'
import { streams } from './http2/streams.js'
import { ask } from './judge.js'
import { inParallel, type Send } from './send.js'
import { besiege, comeBack, lookAtDrift } from './siege.js'
import { Tally } from './tally.js'
import type { Target } from './target.js'
import { wholes } from './wholes.js'

/** So many backends say frames by hand: what one of these says breaks the connection for all that is under way on it, so each is asked one call after another. Half of them pour floods. */
const BY_HAND = 6
const FLOODS = 3
/** So many others break connections while further calls are on them. */
const TOGETHER = 2
/** Beside the one connection to each backend of HTTP/2, that which parts, those of HTTP/1 and of who asks. */
const MOST_OPEN = 128
/** Where a connection was broken, the call that finds it broken may fail. */
const ONCE_MORE = 2
const CALLS_AFTER_GREETING = 2
/** Bodies that are over a bound are asked for once more when all else is over, and have the time to come: else it is only their time that is over. */
const OVER = 'over'
const TIME_TO_COME = 5000
/** Nothing comes of it, whatever the bound. */
const SILENT = 'a bomb that is silent'
/** With these a backend says that it has not looked at the call, which goes out so often at the most; the head that comes before a reset is dropped where it still waits. */
const NOT_LOOKED_AT = /^a reset with 7 |leaves the call out|takes more than the one before/
const MOST_TRIES = 3
/** So many of those that do harm before a call are asked at once. */
const GREETED_AT_ONCE = 4
/** TLS has no reset of its own; and what is in one piece is no other here. */
const NOT_OVER_TLS = ['a reset in place of an answer', ...Object.keys(wholes).filter((kind) => kind !== 'right')]

/** A backend, and the calls that it is there for. */
interface Stand {
  readonly name: string
  readonly backend: HostileBackend
  readonly cases: readonly Case[]
  /** So many calls at once. */
  readonly atOnce: number
  /** Whether one call's answer may take another's along. */
  readonly isShared: boolean
  /** Whether the harm is done before a call is heard. */
  readonly isGreeting: boolean
  /** From now on it means well; null where that helps nobody yet. */
  readonly recover: (() => void) | null
  /** How often each turn was heard; null where that is not told. */
  readonly counts: ReadonlyMap<number, number> | null
}

export interface TlsBackends {
  readonly seed: number
  readonly stands: readonly Stand[]
  /** What a stub is told at its start, so that it trusts them. */
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** @param count so many calls, or one for each kind */
export async function startTlsBackends(count: number, seed: number): Promise<TlsBackends> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-attack-'))
  const pair = await certificate(folder)
  const speaking = async (name: string, kinds: Readonly<Record<string, Answering>>, share: number, atOnce: number, isShared: boolean, cases = drawCases(Object.keys(kinds), Math.round(count * share), seed)): Promise<Stand> => {
    const counts = new Map<number, number>()
    const backend = await startHttp2Backend(pair, (heard) => {
      const one = cases[heard.turn]
      counts.set(heard.turn, (counts.get(heard.turn) ?? 0) + 1)
      if (heard.stream.destroyed) return
      if (one === undefined) streams['right']?.(heard, NOBODYS, rightFor(NOBODYS))
      else kinds[one.kind]?.(heard, one, rightFor(one))
    })
    return { name, backend, cases, atOnce, isShared, isGreeting: false, recover: () => undefined, counts }
  }
  const greeting = async ([kind, greeted]: readonly [string, Greeting], turn: number): Promise<Stand> => {
    let now: Greeting | null = greeted
    const cases = drawCases(['right'], CALLS_AFTER_GREETING, seed + turn).map((one) => ({ ...one, name: 'code', mode: 'real', kind }))
    const backend = await startHttp2Backend(pair, (heard) => { streams['right']?.(heard, NOBODYS, rightFor(NOBODYS)) }, () => now)
    return { name: `greeting-${String(turn)}`, backend, cases, atOnce: 1, isShared: true, isGreeting: true, recover: LASTING.includes(kind) ? null : () => { now = null }, counts: null }
  }
  const overHttp1 = drawCases(Object.keys(answers).filter((kind) => !NOT_OVER_TLS.includes(kind)), Math.round(count * 0.1), seed)
  const over = Object.keys(streams).filter((kind) => WITHOUT_END.includes(kind) && kind !== SILENT).map((kind, turn): Case => ({ ...NOBODYS, kind, turn, name: 'channels' }))
  const stands = await Promise.all([
    speaking('streams', streams, 0.4, 4, false),
    speaking(OVER, streams, 0, 1, false, over),
    ...dealt(sessions, TOGETHER).map((kinds, turn) => speaking(`sessions-${String(turn)}`, kinds, 0.3 / TOGETHER, 2, true)),
    ...[true, false].flatMap((isFlood) => dealt(only(frames, (kind) => kind.includes('without end') === isFlood), isFlood ? FLOODS : BY_HAND - FLOODS)).map((kinds, turn) => speaking(`frames-${String(turn)}`, kinds, 0.2 / BY_HAND, 1, true)),
    startHostileBackend(({ socket, turn }) => {
      const one = overHttp1[turn] ?? NOBODYS
      answers[one.kind]?.(socket, one, rightFor(one))
    }, pair).then((backend): Stand => ({ name: 'http1', backend, cases: overHttp1, atOnce: 2, isShared: false, isGreeting: false, recover: () => undefined, counts: null })),
    ...Object.entries(greetings).map(greeting),
  ])
  return {
    seed,
    stands,
    env: { NODE_EXTRA_CA_CERTS: pair.file },
    close: async () => {
      await Promise.all(stands.map(({ backend }) => backend.close()))
      await rm(folder, { recursive: true })
    },
  }
}

function dealt(kinds: Readonly<Record<string, Answering>>, hands: number): readonly Readonly<Record<string, Answering>>[] {
  return Array.from({ length: hands }, (_, hand) => only(kinds, (_kind, i) => i % hands === hand))
}

function only(kinds: Readonly<Record<string, Answering>>, isMeant: (kind: string, i: number) => boolean): Readonly<Record<string, Answering>> {
  return Object.fromEntries(Object.entries(kinds).filter(([kind], i) => isMeant(kind, i)))
}

/** @param backends those that mean harm, which the target trusts */
export async function attackHttp2(send: Send, target: Target, { stands, seed }: TlsBackends): Promise<Tally> {
  const tally = new Tally('hostile backends of HTTP/2')
  const besieged = stands.flatMap(({ name, backend, cases }) => ASKING.filter((mode) => cases.some((one) => one.mode === mode)).map((mode) => ({ sandbox: `${name}-${mode}`, mode, backend: backend.url, ...(name === OVER && { timeout: TIME_TO_COME }) })))
  const [greeted, spoken, over] = [stands.filter(({ isGreeting }) => isGreeting), stands.filter(({ isGreeting, name }) => !isGreeting && name !== OVER), stands.filter(({ name }) => name === OVER)]
  const askAll = ({ name, cases, atOnce, isShared }: Stand) => inParallel(cases.length, atOnce, async (turn) => {
    const one = cases[turn]
    if (one !== undefined) await ask(send, tally, one, { sandbox: `${name}-${one.mode}`, told: `seed ${String(seed)}, ${name}`, isShared })
  })
  await besiege(send, tally, target, {
    besieged,
    mostOpen: MOST_OPEN,
    // What is right has a second to come: it does not spend it on what is loaded at the first call, and on forty handshakes at once.
    before: () => inParallel(spoken.length, 1, async (turn) => { await send({ method: 'GET', path: `/@${spoken[turn]?.name ?? ''}-real/live/auth/code?mobile=13800003001` }) }),
    work: () => Promise.all([...spoken.map(askAll), inParallel(greeted.length, GREETED_AT_ONCE, async (turn) => {
      const stand = greeted[turn]
      if (stand !== undefined) await askAll(stand)
    })]),
    afterwards: async () => {
      await Promise.all(over.map(askAll))
      for (const stand of spoken) lookForTwice(tally, stand)
      await lookAtDrift(send, tally, target, ASKING.map((mode) => `streams-${mode}`))
      await inParallel(stands.length, GREETED_AT_ONCE, async (turn) => {
        const { name = '', isShared = false, recover = null } = stands[turn] ?? {}
        recover?.()
        if (recover !== null) await comeBack(send, tally, { sandbox: `${name}-real`, system: 'live', tries: isShared ? ONCE_MORE : 1 })
      })
    },
  })
  return tally
}

/** A call goes out again only where the backend says that it has not looked at it, and not without end. Where others part on the same connection Node.js may hear of a call that its own GOAWAY has just left out. */
function lookForTwice(tally: Tally, { name, cases, counts, isShared }: Stand): void {
  if (counts === null) return
  for (const { turn, kind } of cases) {
    const heard = counts.get(turn) ?? 0
    tally.expect(heard <= (isShared || NOT_LOOKED_AT.test(kind) ? MOST_TRIES : 1), `${name}, turn ${String(turn)}: ${kind}`, `the backend heard it ${String(heard)} times`)
  }
}
