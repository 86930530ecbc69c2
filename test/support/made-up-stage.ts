/** A stage without a host, whose calls a test makes up, and whose real backends as well. */
import { join } from 'node:path'
import { ForwardError, type Forwarder, type Incoming } from '../../src/core/backends/forward.js'
import { Budget } from '../../src/core/budget.js'
import { memoryEngine } from '../../src/core/engine/memory/engine.js'
import type { Call, CallHeaders } from '../../src/core/stage/call.js'
import { isStreamed, type Outcome } from '../../src/core/stage/outcome.js'
import { createStage, type StageOptions } from '../../src/core/stage/stage.js'
import type { System } from '../../src/core/system.js'
import { fixturesFolder, openapiFolder } from '../../src/paths.js'

const MIB = 1024 * 1024

/** A real backend that nobody reaches. */
export const nowhere: Forwarder = {
  forward: () => Promise.reject(new ForwardError('refused', 'nobody is there')),
  connect: () => Promise.reject(new ForwardError('refused', 'nobody is there')),
  close: () => Promise.resolve(),
}

/** @returns a call as a host hands it over; without a body where that is null */
export function madeUpCall(method: string, url: string, headers: CallHeaders = {}, body: string | null = null, more: Partial<Call> = {}): Call {
  const bytes = Buffer.from(body ?? '')
  return {
    method, url, headers, remoteAddress: null, isEncrypted: false, signal: new AbortController().signal, whenGone: () => () => undefined,
    body: { isPresent: body !== null, bytes: (limit) => Promise.resolve(bytes.length > limit ? { kind: 'tooLarge' } : { kind: 'bytes', bytes }), parts: () => Promise.resolve({ kind: 'notMultipart' }) },
    ...more,
  }
}

/** @returns an answer of a real backend, whole or in pieces */
export function madeUpAnswer(status: number, body: string | readonly (string | Error)[], headers: Incoming['headers'] = {}): Incoming {
  const isWhole = typeof body === 'string'
  return {
    status, headers, whole: () => (isWhole ? Buffer.from(body) : null),
    body: (async function* () {
      for (const piece of [body].flat()) {
        await Promise.resolve()
        if (piece instanceof Error) throw piece
        yield Buffer.from(piece)
      }
    })(),
  }
}

/** @returns a stage at a fixed moment with little room, and what it reports */
export async function madeUpStage(systems: readonly System[], more: Partial<StageOptions> = {}) {
  const reports: string[] = []
  const stage = await createStage({
    systems, time: { now: () => Date.parse('2026-01-31T08:30:00Z') }, seed: 1, fixtures: fixturesFolder, checked: new Set(systems.map(({ id }) => id)), documents: join(openapiFolder, 'bundled'),
    scale: 0, journal: 100, maxSandboxes: 5, budget: new Budget(32 * MIB), sockets: {}, engine: memoryEngine(), prefer: true, backends: new Map(), forwarder: nowhere, hidden: [],
    report: (problem) => reports.push(problem.replace(/\n.*/s, '')), ...more,
  })
  return { stage, reports }
}

/** Carries out what a host would. @returns the status, text and headers of an outcome, and whatever is said of its delivery; what is streamed is read to its end, or to where it breaks off */
export async function seenIn({ reply, delivery, afterwards }: Outcome): Promise<readonly unknown[]> {
  const { status, headers, body } = reply
  afterwards?.()
  if (!isStreamed(reply)) return [status, Buffer.from(reply.body).toString(), headers, ...(delivery.kind === 'whole' ? [] : [delivery])]
  let text = ''
  try {
    for await (const piece of reply.body) text += Buffer.from(piece).toString()
  } catch (error) {
    text += ` and then ${String(error)}`
  }
  return [status, `streamed: ${text.length > 200 ? String(text.length) : text}`, headers, typeof body]
}
