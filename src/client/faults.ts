/** Calls that go wrong on purpose. */
import type { components } from '../generated/control/contract.js'
import { faultSpans } from '../generated/control/faults.js'
import type { Condition } from '../generated/conditions.js'
import type { ErrorConstant, OperationId, SocketOperationId, SystemId } from './contracts.js'
import { type Device, type Fault, take, type Target } from './control.js'
import { durationOf, millisecondsOf } from './durations.js'

type FaultKind = components['schemas']['FaultKind']

/** An error of the system itself, named in one of three ways. `kind` may be left out. */
export type ErrorFault<Id extends SystemId> = {
  readonly kind?: 'error'
  /** Text in place of the default one. */
  readonly message?: string
  /** Further keys of the answer's body. */
  readonly extra?: Record<string, unknown>
  /** Answers as to a session that this client's login ended. */
  readonly displacedBy?: Device
} & ({ readonly error: ErrorConstant<Id> } | { readonly code: number } | { readonly condition: Condition })

/** What goes wrong: an error of the system, or one of the other kinds of the control plane (`latency`, `status`, `drop`, …). */
export type FaultInput<Id extends SystemId = SystemId> = ErrorFault<Id> | OtherFault<Exclude<FaultKind, { kind: 'error' }>>

/** Milliseconds, or a duration: `2s`, `250ms`. */
type Span = number | string

/** Names of the fields of a kind that are spans of time. */
type SpanOf<K> = K extends keyof typeof faultSpans ? (typeof faultSpans)[K][number] : never

/** A fault as the control plane takes it, whose spans may be written as texts. */
type OtherFault<F> = F extends { kind: infer K } ? { readonly [P in keyof F]: P extends SpanOf<K> ? Span : F[P] } : never

/** A rule: which calls go wrong, how, and how often. */
export interface FaultRule<Id extends SystemId> {
  /** All systems when left out. */
  readonly system?: Id
  /** All operations when left out. */
  readonly operationId?: OperationId<Id> | SocketOperationId<Id> | '*'
  readonly fault: FaultInput<Id>
  /** For ever when left out. */
  readonly times?: number
  /** So long on the sandbox's clock: `20s`, `5m`, or an ISO 8601 duration. For ever when left out. */
  readonly for?: string
  /** 0 to 1; drawn from the sandbox's seed, so that it repeats. */
  readonly probability?: number
}

/** The fault rules of a sandbox. */
export class BoxFaults {
  readonly #target: Target

  constructor(target: Target) {
    this.#target = target
  }

  /**
   * Lets the next call go wrong: `box.faults.next('live', 'liveLogin', { error: 'API_INVALID_AUTH_CODE' })`.
   * @param operationId `*` for any operation of the system
   * @param times so many calls
   * @returns the rule, to look at its counts later
   */
  next<Id extends SystemId>(system: Id, operationId: OperationId<Id> | SocketOperationId<Id> | '*', fault: FaultInput<Id>, times = 1): Promise<Fault> {
    return this.add({ system, operationId, fault, times })
  }

  /**
   * Adds a rule.
   * @returns it with its id
   * @throws TypeError when a span of time is none; ControlError when the stub refuses the rule
   */
  async add<Id extends SystemId = SystemId>({ system, operationId = '*', fault, times, for: span, probability = 1 }: FaultRule<Id>): Promise<Fault> {
    const { control, path } = this.#target
    const body = { system: system ?? '*', operationId, fault: { kind: 'error' as const, ...inMilliseconds(fault) }, probability, ...(times === undefined ? {} : { times }), ...(span === undefined ? {} : { for: durationOf('for', span) }) }
    return take(control.POST('/sandboxes/{sandbox}/faults', { params: { path }, body }))
  }

  /** @returns the rules in the order in which they act, used up ones included */
  async list(): Promise<Fault[]> {
    const { control, path } = this.#target
    return (await take(control.GET('/sandboxes/{sandbox}/faults', { params: { path } }))).faults
  }

  /** @returns one rule with its counts */
  get(id: string): Promise<Fault> {
    const { control, path } = this.#target
    return take(control.GET('/sandboxes/{sandbox}/faults/{id}', { params: { path: { ...path, id } } }))
  }

  /** Removes one rule. */
  async remove(id: string): Promise<void> {
    const { control, path } = this.#target
    await take(control.DELETE('/sandboxes/{sandbox}/faults/{id}', { params: { path: { ...path, id } } }))
  }

  /** Removes all rules. */
  async clear(): Promise<void> {
    const { control, path } = this.#target
    await take(control.DELETE('/sandboxes/{sandbox}/faults', { params: { path } }))
  }
}

/** @returns the fault as the control plane takes it. What else is in it stays, for the stub to judge. */
function inMilliseconds<Id extends SystemId>(fault: FaultInput<Id>): ErrorFault<Id> | Exclude<FaultKind, { kind: 'error' }> {
  const [, spans = []] = Object.entries<readonly string[]>(faultSpans).find(([kind]) => kind === fault.kind) ?? []
  const numbers = Object.entries(fault).map(([name, value]: [string, unknown]) => [name, spans.includes(name) && typeof value === 'string' ? millisecondsOf(name, value) : value])
  return Object.fromEntries(numbers) as Exclude<FaultKind, { kind: 'error' }> // the same fields, and spans are numbers now
}
