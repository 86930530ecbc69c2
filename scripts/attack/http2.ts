/** Real backends over TLS that mean harm, most of them by HTTP/2: each call gets its answer in time, and where a connection is broken, the next one is not. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { certificate } from '../../test/support/openssl.js'
import { answers } from './answers.js'
import { ASKING, type Case, drawCases, NOBODYS, rightFor } from './cases.js'
import { type HostileBackend, startHostileBackend } from './hostile.js'
import { frames } from './http2/frames.js'
import { greetings, LASTING } from './http2/greetings.js'
import { type Answering, type Greeting, startHttp2Backend } from './http2/server.js'
import { sessions } from './http2/sessions.js'
import { streams } from './http2/streams.js'
import { ask, LONG } from './judge.js'
import { inParallel, type Send } from './send.js'
import { besiege, comeBack, lookAtDrift } from './siege.js'
import { Tally } from './tally.js'
import type { Target } from './target.js'

/** So many backends say frames by hand: what one of these says breaks the connection for all that is under way on it, so each is asked one call after another. */
const BY_HAND = 4
/** Beside the one connection to each backend of HTTP/2, that which parts, those of HTTP/1 and of who asks. */
const MOST_OPEN = 128
/** Where a connection was broken, the call that finds it broken may fail. */
const ONCE_MORE = 2
const CALLS_AFTER_GREETING = 3

/** A backend, and the calls that it is there for. */
interface Stand {
  readonly name: string
  readonly backend: HostileBackend
  readonly cases: readonly Case[]
  /** So many calls at once. */
  readonly atOnce: number
  /** Whether one call's answer may take another's along. */
  readonly isShared: boolean
  /** From now on it means well; null where that helps nobody yet. */
  readonly recover: (() => void) | null
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
  const speaking = async (name: string, kinds: Readonly<Record<string, Answering>>, share: number, atOnce: number, isShared: boolean): Promise<Stand> => {
    const cases = drawCases(Object.keys(kinds), Math.round(count * share), seed)
    const backend = await startHttp2Backend(pair, (heard) => {
      const one = cases[heard.turn] ?? NOBODYS
      if (!heard.stream.destroyed) kinds[one.kind]?.(heard, one, rightFor(one))
    })
    return { name, backend, cases, atOnce, isShared, recover: () => undefined }
  }
  const greeting = async ([kind, greeted]: readonly [string, Greeting], turn: number): Promise<Stand> => {
    let now: Greeting | null = greeted
    const cases = drawCases(['right'], CALLS_AFTER_GREETING, seed + turn).map((one) => ({ ...one, name: 'code', mode: 'real', kind }))
    const backend = await startHttp2Backend(pair, (heard) => { streams['right']?.(heard, NOBODYS, rightFor(NOBODYS)) }, () => now)
    return { name: `greeting-${String(turn)}`, backend, cases, atOnce: 1, isShared: true, recover: LASTING.includes(kind) ? null : () => { now = null } }
  }
  const byHand = Array.from({ length: BY_HAND }, (_, hand) => Object.fromEntries(Object.entries(frames).filter((_frame, i) => i % BY_HAND === hand)))
  const overHttp1 = drawCases(Object.keys(answers).filter((kind) => !LONG.includes(kind)), Math.round(count * 0.1), seed)
  const stands = await Promise.all([
    speaking('streams', streams, 0.4, 8, false),
    speaking('sessions', sessions, 0.3, 3, true),
    ...byHand.map((kinds, hand) => speaking(`frames-${String(hand)}`, kinds, 0.2 / BY_HAND, 1, true)),
    startHostileBackend(({ socket, turn }) => {
      const one = overHttp1[turn] ?? NOBODYS
      answers[one.kind]?.(socket, one, rightFor(one))
    }, pair).then((backend): Stand => ({ name: 'http1', backend, cases: overHttp1, atOnce: 4, isShared: false, recover: () => undefined })),
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

/** @param backends those that mean harm, which the target trusts */
export async function attackHttp2(send: Send, target: Target, { stands, seed }: TlsBackends): Promise<Tally> {
  const tally = new Tally('hostile backends of HTTP/2')
  const besieged = stands.flatMap(({ name, backend, cases }) => ASKING.filter((mode) => cases.some((one) => one.mode === mode)).map((mode) => ({ sandbox: `${name}-${mode}`, mode, backend: backend.url })))
  await besiege(send, tally, target, {
    besieged,
    mostOpen: MOST_OPEN,
    work: () => Promise.all(stands.map(({ name, cases, atOnce, isShared }) => inParallel(cases.length, atOnce, async (turn) => {
      const one = cases[turn]
      if (one !== undefined) await ask(send, tally, one, { sandbox: `${name}-${one.mode}`, told: `seed ${String(seed)}, ${name}`, isShared })
    }))),
    afterwards: async () => {
      await lookAtDrift(send, tally, target, ASKING.map((mode) => `streams-${mode}`))
      for (const { name, isShared, recover } of stands) {
        recover?.()
        if (recover !== null) await comeBack(send, tally, { sandbox: `${name}-real`, system: 'live', tries: isShared ? ONCE_MORE : 1 })
      }
    },
  })
  return tally
}
