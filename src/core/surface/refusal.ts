/** Why a call to a surface was not carried out: thrown by handlers, answered as an RFC 9457 problem. */
import { type Problem, problem } from '../problem.js'
import type { ProblemKind, ProblemKinds } from '../problem-kinds.js'
import type { ReplyHeaders } from '../reply.js'

/** A refusal; see {@link refusal}. */
export class Refusal extends Error {
  readonly problem: Problem
  /** Headers that the answer carries beside the problem. */
  readonly headers: ReplyHeaders

  constructor(reason: Problem, headers: ReplyHeaders) {
    super(reason.detail)
    this.name = 'Refusal'
    this.problem = reason
    this.headers = headers
  }
}

/** Further members of a problem, as control.yaml declares them. */
export interface ProblemMembers {
  /** What could have been given instead. */
  readonly known?: readonly string[]
  /** The rules that were broken. */
  readonly errors?: readonly { readonly field: string | null; readonly message: string }[]
}

/**
 * @param detail what is wrong and how to mend the call
 * @returns the refusal, to be thrown
 */
export function refusal<Kind extends ProblemKind>(status: ProblemKinds[Kind], kind: Kind, detail: string, members: ProblemMembers = {}, headers: ReplyHeaders = {}): Refusal {
  return new Refusal(problem(status, kind, detail, { ...members }), headers)
}

/** @returns the names as a person lists them, or a word for having none */
export function listOf(names: Iterable<string>): string {
  const list = [...names]
  return list.length === 0 ? 'none' : list.join(', ')
}

/** @returns a text in quotation marks, cut where it is too long to be read */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}
