/** What a kind of fault is: one record, in one file beside this one. Everything else that knows kinds reads it off these records. */
import type { Failure } from '../failure.js'
import type { Ids } from '../ids.js'
import type { Reply } from '../reply.js'
import type { Delivery } from '../stage/outcome.js'
import type { System } from '../system.js'
import type { FailureExamples } from './examples.js'

/** Which error of a system is meant: one of these is given. */
export interface ErrorChoice {
  /** CONSTANT_NAME. */
  readonly error?: string
  /** As it travels. */
  readonly code?: number
  readonly condition?: string
}

/** The call or frame that a fault acts on. */
export interface Struck {
  readonly system: System
  readonly operation: string
  /** @returns a source of chance that is the same for the same rule, call and purpose */
  chance(purpose: string): Ids
}

/** An HTTP call that a fault acts on. */
export interface StruckCall extends Struck {
  /** The sandbox's clock. */
  readonly now: number
  readonly examples: FailureExamples
}

/** What a fault does to an HTTP call. */
export interface CallEffect {
  /** Milliseconds to wait before anything else is done about it. */
  readonly wait?: number
  /** What answers in place of the operation. */
  readonly end?: Failure | Reply
  /** How the answer travels. */
  readonly delivery?: Delivery
  /** What becomes of the answer on its way; the journal keeps what was to be sent. */
  readonly spoil?: (reply: Reply) => Reply
}

/** What a fault does to a frame on a socket, one that comes in or one that is delivered. */
export interface FrameEffect {
  readonly wait?: number
  /** Which error is answered in place of carrying it out; the socket has its own frame for it. */
  readonly error?: ErrorChoice
  /** Of an opening: what the handshake is answered with. */
  readonly handshake?: Reply
  /** Whether the connection is cut without an answer: before the frame is carried out, or after. */
  readonly cut?: 'before' | 'after'
  /** What becomes of the text that is sent. */
  readonly spoil?: (text: string) => string
}

/** A flag of `understudy ctl faults add` that makes a fault of this kind. */
export interface FaultFlag<F> {
  /** Without the dashes. */
  readonly name: string
  /** What stands behind it, as the help shows it: `<ms>`; null where nothing does. */
  readonly value: string | null
  readonly description: string
  /** What is said when the value does not fit; left out where any does, or there is none. */
  readonly expected?: string
  /** @returns the fault; null when the value does not fit */
  read(value: string): F | null
}

/** What is wrong with a fault whose fields are each as the schema says. */
export interface FaultMisfit {
  /** As a sentence, for whoever arms it. */
  readonly detail: string
  /** As a line, for the author of a configuration, in which the fault stands as `fault`. */
  readonly line: string
}

/** A fault names something that not every operation has. */
export interface FaultNaming<F> {
  /** What it is, as in "no such error", which is a kind of problem. */
  readonly what: 'error'
  /** @returns the name, as it was given */
  given(fault: F): string
  /** @returns what the operation has of it, in the words in which the name was given */
  known(fault: F, system: System, operation: string): readonly string[]
}

export interface FaultKind<F extends { readonly kind: string }> {
  readonly kind: F['kind']
  /** The component schema of `control.yaml`. */
  readonly schema: string
  /** Of each role one fault acts on a call; waiting is the exception, it adds up. */
  readonly role: 'wait' | 'answer' | 'delivery'
  /** Whether the fault can act on this operation; any when left out. */
  canStrike?(fault: F, system: System, operation: string): boolean
  /** What it names, for whoever arms one that can act on no operation; left out where it names nothing. */
  readonly naming?: FaultNaming<F>
  /** What is wrong with it beyond its schema; nothing when left out. */
  misfit?(fault: F): FaultMisfit | null
  onCall(fault: F, call: StruckCall): CallEffect | Promise<CallEffect>
  onFrame(fault: F, frame: Struck): FrameEffect
  readonly flags: readonly FaultFlag<F>[]
}
