/** Errors outside any dialect, as RFC 9457 problem documents: the control plane's, and those of requests that reach no system. */
import type { ProblemKind, ProblemKinds } from './problem-kinds.js'
import { jsonReply, type Reply, type ReplyHeaders } from './reply.js'

export interface Problem {
  /** `urn:understudy:problem:<name>`: what kind of problem it is. */
  readonly type: string
  readonly title: string
  readonly status: number
  /** What is wrong with this request and how to mend it. */
  readonly detail: string
}

/**
 * @param kind its title is the same in words
 * @param detail what is wrong and how to mend it
 * @param more further members, for programs
 */
export function problem<Kind extends ProblemKind>(status: ProblemKinds[Kind], kind: Kind, detail: string, more: Readonly<Record<string, unknown>> = {}): Problem {
  const words = kind.replaceAll('-', ' ')
  return { ...more, type: `urn:understudy:problem:${kind}`, title: words.charAt(0).toUpperCase() + words.slice(1), status, detail }
}

/** @returns the problem as an HTTP answer */
export function answerProblem(reason: Problem, headers: ReplyHeaders = {}): Reply {
  return jsonReply(reason.status, reason, { 'content-type': 'application/problem+json; charset=utf-8', ...headers })
}

/** @returns a new problem as an HTTP answer; see {@link problem} */
export function problemReply<Kind extends ProblemKind>(status: ProblemKinds[Kind], kind: Kind, detail: string, more?: Readonly<Record<string, unknown>>): Reply {
  return answerProblem(problem(status, kind, detail, more))
}
