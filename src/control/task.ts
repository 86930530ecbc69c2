/** What the handlers of the control plane get and give; their types follow from control.yaml. */
import type { IssuedTokens } from '../core/backends/issued.js'
import type { Backend } from '../core/backends/setting.js'
import type { Budget } from '../core/budget.js'
import type { DriftDocuments } from '../core/drift/documents.js'
import type { DriftBook } from '../core/drift/ledger.js'
import type { FailureExamples } from '../core/faults/examples.js'
import type { Networks } from '../core/faults/networks.js'
import type { RawBody } from '../core/reply.js'
import type { Served } from '../core/sandbox.js'
import type { Sandboxes } from '../core/sandboxes.js'
import type { Switchboard } from '../core/sockets/switchboard.js'
import type { Call } from '../core/stage/call.js'
import type { Returnable, Stream, WithHeaders } from '../core/surface/api.js'
import type { LineFeeds } from './lines.js'
import type { Operations } from '../generated/control/contract.js'

/** What the control plane drives. */
export interface ControlParts {
  readonly sandboxes: Sandboxes
  readonly sockets: Switchboard
  /** The systems with their worlds, by id. */
  readonly served: ReadonlyMap<string, Served>
  /** The moment when the worlds were loaded. */
  readonly boot: number
  /** The real backends that systems were started with, by id. */
  readonly backends: ReadonlyMap<string, Backend>
  /** Where they were found not to be what their contracts say. */
  readonly drift: DriftBook
  readonly documents: DriftDocuments
  /** The tokens that real backends have given. */
  readonly issued: Pick<IssuedTokens, 'adopted'>
  readonly seed: string
  readonly maxSandboxes: number
  /** How much memory may be filled with what is sent, and how much is. */
  readonly budget: Budget
  /** The networks that a sandbox can be given. */
  readonly networks: Networks
  /** The folder with one folder of fixtures per system. */
  readonly fixtures: string
  readonly examples: FailureExamples
  /** The calls as lines, for all who read them. */
  readonly lines: LineFeeds
  /** Told of answers that break the contract and of exceptions in handlers. */
  readonly report: (problem: string) => void
}

export type OperationId = keyof Operations

/** One operation to be carried out. */
export interface Task<K extends OperationId> {
  /** Path, query and body fields, checked against the contract. */
  readonly input: Operations[K]['input']
  /** Header parameters, names in lower case. */
  readonly headers: Operations[K]['headers']
  /** The whole body, where the contract leaves its fields open. */
  readonly body: Readonly<Record<string, unknown>>
  readonly parts: ControlParts
  /** The call that asks for it. */
  readonly call: Call
}

type Success<K extends OperationId> = Operations[K]['success']
type Payload<K extends OperationId> = Success<K> extends RawBody ? Stream : Success<K> | WithHeaders<Success<K>> | Returnable<Success<K>>

/** One operation: returns the payload, or throws a refusal. */
export type ControlHandler<K extends OperationId> = (task: Task<K>) => Promise<Payload<K>>

/** The operations of one area; each file holds one. */
export type ControlHandlers<K extends OperationId = OperationId> = { readonly [O in K]: ControlHandler<O> }
