/** Between the faults and the operation: who is to answer, this server or a real backend, and the answer where the backend gives it. */
import { adopt, type Adopting, newsOf, pair } from '../backends/adopt.js'
import type { Unanswered } from '../backends/forward.js'
import { type Backend, type Mode, modeOf, type Source } from '../backends/setting.js'
import type { SessionNews } from '../dialect.js'
import { Failure } from '../failure.js'
import { isObject } from '../../plain/json.js'
import { Superseded } from '../superseded.js'
import type { Addressed } from './address.js'
import { type Answer, refuse } from './answer.js'
import { ask, type AskOutcome, type AskParts } from './ask.js'
import type { Mishaps } from './mishaps.js'
import type { Performed } from './perform.js'
import { receive, type Received } from './receive.js'
import type { Routed } from './route.js'
import { isInItsPlace, witness, type WitnessParts, witnessRest } from './witness.js'

/** What bridging depends on beside the call. */
export interface BridgeParts extends AskParts, WitnessParts {
  /** The backends that the server was started with, by system; a sandbox may have others. */
  readonly backends: ReadonlyMap<string, Backend>
}

/** Who answered, where a real backend could have. */
export interface Via {
  readonly source: Source
  /** Why the real backend did not; null where it did, or was not asked. */
  readonly reason: Unanswered | 'notThere' | null
  readonly detail: string | null
  /**
   * What becomes of the call where the world is gone in which it was played: it is played anew; or by the stub alone, for the backend has had it and may have
   * carried it out; or the answer holds.
   */
  readonly replay: 'anew' | 'here' | 'never'
}

/** How a call was answered, on either side. */
export interface Bridged {
  readonly answer: Answer
  readonly via: Via
  readonly performed: Performed | null
  readonly userId: string | null
  readonly received: Received | null
}

/** Lets the stub play the call. */
export type StubPlay = (received: Received) => Promise<{ readonly answer: Answer; readonly performed: Performed }>

/** The bytes that may stand beside a file, or a body that the dialect takes at its largest. */
const ALLOWANCE = 64 * 1024

export const BY_STUB: Via = { source: 'stub', reason: null, detail: null, replay: 'anew' }
/** As well as by the backend, which gets no call twice. */
const BY_BOTH: Via = { ...BY_STUB, replay: 'here' }

/** With these, nothing of the call has reached the backend. */
const NOT_SENT: readonly Unanswered[] = ['dns', 'refused', 'unreachable', 'tls', 'stubToken', 'loop', 'path']

/** @returns the backend of the call's system in its sandbox; null where it has none */
export function backendOf({ system, switches }: Pick<Addressed, 'system' | 'switches'>, backends: ReadonlyMap<string, Backend> | undefined): Backend | null {
  const chosen = switches?.backend
  return chosen === undefined ? (backends?.get(system.id) ?? null) : chosen
}

/**
 * @param had what came of the call in a world that is gone, where the backend is not to have it again; null where it may
 * @returns how the call was answered, by whom the mode of its operation says
 */
export async function bridge(routed: Routed, backend: Backend, mishaps: Mishaps, parts: BridgeParts, play: StubPlay, had: Via | null): Promise<Bridged> {
  const mode = modeOf(backend, routed.operation, routed.row.tag)
  if (mode === 'stub' || had !== null) return playStub(await receive(routed), play, had ?? BY_STUB)
  const { call, system } = routed.arrival
  const { limit, fileLimit = limit } = system.dialect.body
  const body = call.body.isPresent ? await call.body.bytes(Math.max(limit, fileLimit) + ALLOWANCE) : null
  const receiving = receive(routed)
  const received = receiving instanceof Promise ? await receiving : receiving
  // What is too large for the stub's own limits goes to no backend either.
  if (body !== null && body.kind !== 'bytes') return playStub(received, play, BY_STUB)
  const bytes = body?.bytes ?? null
  const wantsWhole = mishaps.spoil !== null || mishaps.delivery !== null
  if (mode === 'compare') return compare(received, bytes, backend, parts, play)
  const asked = await ask(received, bytes, backend, parts, wantsWhole)
  return answerAsked(received, asked, { backend, mode }, parts, play)
}

async function playStub(received: Received, play: StubPlay, via: Via): Promise<Bridged> {
  try {
    const { answer, performed } = await play(received)
    return { answer, via, performed, userId: performed.userId, received }
  } catch (error) {
    if (!(error instanceof Superseded) || via.replay !== 'here') throw error
    return { answer: refuse(received.routed, Failure.when('internal')), via, performed: null, userId: null, received }
  }
}

/** @param otherwise what is done where the backend may have had the call */
function unanswered({ reason, detail }: Extract<AskOutcome, { kind: 'none' }>, otherwise: Via['replay']): Via {
  return { source: 'stub', reason, detail, replay: NOT_SENT.includes(reason) ? 'anew' : otherwise }
}

async function answerAsked(received: Received, asked: AskOutcome, { backend, mode }: { readonly backend: Backend; readonly mode: Exclude<Mode, 'stub' | 'compare'> }, parts: BridgeParts, play: StubPlay): Promise<Bridged> {
  const { routed } = received
  const userId = asked.caller?.userId ?? null
  const isMissing = mode === 'real-or-stub' && asked.kind === 'answer' && (await isInItsPlace(routed, asked, parts))
  const witnessed = witness(routed, asked, parts, null)
  const findings = witnessed instanceof Promise ? await witnessed : witnessed
  if (asked.kind === 'none') {
    if (mode === 'real-or-stub' && asked.reason !== 'cancelled') return playStub(received, play, unanswered(asked, 'here'))
    const failure = asked.reason === 'stubToken' ? Failure.when('unauthenticated', { cause: 'deadCredential' }) : Failure.when('networkError')
    return { answer: refuse(routed, failure, true), via: unanswered(asked, 'never'), performed: null, userId, received }
  }
  if (isMissing) {
    return playStub(received, play, { source: 'stub', reason: 'notThere', detail: `the backend answered ${String(asked.read.status)}`, replay: 'here' })
  }
  const news = newsIn(routed, asked)
  const { userId: loggedIn, problem } = news === null ? NO_NEWS : await takeNews(routed, asked, backend, (adopting) => adopt(adopting, news))
  const violations = findings.map(({ message }) => message)
  if (problem !== null) violations.push(`the login could not be taken over: ${problem}`)
  const answer: Answer = { reply: witnessRest(routed, asked, parts), error: asked.read.error ?? null, violations }
  return { answer, via: { source: 'real', reason: null, detail: null, replay: 'never' }, performed: null, userId: loggedIn ?? userId, received }
}

/** Both play at once. What the client hears is the stub's. */
async function compare(received: Received, body: Uint8Array | null, backend: Backend, parts: BridgeParts, play: StubPlay): Promise<Bridged> {
  const asking = ask(received, body, backend, parts, true)
  const stubbed = await playStub(received, play, BY_BOTH).catch(async (error: unknown) => {
    await asking
    throw error
  })
  const asked = await asking
  // There is nothing to compare with.
  const { performed } = stubbed
  if (performed === null) return stubbed
  await witness(received.routed, asked, parts, { answer: stubbed.answer, isSameData: backend.sameData === true })
  if (asked.kind === 'none') return { ...stubbed, via: unanswered(asked, 'here') }
  const news = newsIn(received.routed, asked)
  if (news !== null) await takeNews(received.routed, asked, backend, (adopting) => pair(adopting, news, performed))
  return stubbed
}

const NO_NEWS: Awaited<ReturnType<typeof adopt>> = { userId: null, problem: null }

/** @returns what the answer says of sessions; null where it says nothing */
function newsIn({ arrival: { system }, operation }: Routed, { read: { json, error }, view, original }: Extract<AskOutcome, { kind: 'answer' }>): SessionNews | null {
  return newsOf(system, { operation, request: view, body: isObject(json) ? json : {}, headers: original, error })
}

async function takeNews({ arrival: { system, turn } }: Routed, { caller }: AskOutcome, backend: Backend, into: (adopting: Adopting) => ReturnType<typeof adopt>): ReturnType<typeof adopt> {
  try {
    return await into({ system, turn, backend: backend.url, caller })
  } catch (thrown) {
    // The session would have been one of a world that is gone.
    if (thrown instanceof Superseded) return NO_NEWS
    throw thrown
  }
}
