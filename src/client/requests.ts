/** The journal of a sandbox: what was asked and answered. */
import type { operations } from '../generated/control/contract.js'
import type { AnyText, ErrorConstant, OperationId, SystemName } from './contracts.js'
import { type JournalEntry, take, type Target } from './control.js'
import { followEvents, opened, type Resumption } from './events.js'

type Query = NonNullable<operations['countRequests']['parameters']['query']>

/** Which calls are meant; a call has to fit everything that is given. */
export type RequestFilter = Omit<Query, 'system' | 'operationId' | 'error'> & {
  system?: SystemName
  operationId?: OperationId | AnyText
  error?: ErrorConstant | AnyText
}

/** Everything that the apps asked of this sandbox. Tokens and passwords read `***` unless `secrets` is set. */
export class BoxRequests {
  readonly #target: Target

  constructor(target: Target) {
    this.#target = target
  }

  /** @returns the calls that fit, latest first, 100 at the most unless `limit` says otherwise */
  async list(filter: RequestFilter & { limit?: number; secrets?: boolean } = {}): Promise<JournalEntry[]> {
    const { control, path } = this.#target
    return (await take(control.GET('/sandboxes/{sandbox}/requests', { params: { path, query: filter } }))).requests
  }

  /** @returns how many calls fit */
  async count(filter: RequestFilter = {}): Promise<number> {
    const { control, path } = this.#target
    return (await take(control.GET('/sandboxes/{sandbox}/requests/count', { params: { path, query: filter } }))).count
  }

  /** @returns one call by its number */
  get(id: number, { secrets = false }: { readonly secrets?: boolean } = {}): Promise<JournalEntry> {
    const { control, path } = this.#target
    return take(control.GET('/sandboxes/{sandbox}/requests/{id}', { params: { path: { ...path, id }, query: { secrets } } }))
  }

  /**
   * Waits until a call fits; the earliest that does, be it one that came before. To wait for later ones only, give the last known id as `after`.
   * @param options `timeout` in milliseconds of real time, 5000 when left out
   * @throws ControlError of the kind `no-matching-request` when none came in time
   */
  waitFor(filter: RequestFilter, options: { readonly timeout?: number; readonly secrets?: boolean; readonly signal?: AbortSignal } = {}): Promise<JournalEntry> {
    const { control, path } = this.#target
    const { signal, ...more } = options
    return take(control.GET('/sandboxes/{sandbox}/requests/wait', { params: { path, query: { ...filter, ...more } }, ...(signal ? { signal } : {}) }))
  }

  /** Forgets the calls that fit. @returns how many they were */
  async clear(filter: RequestFilter = {}): Promise<number> {
    const { control, path } = this.#target
    return (await take(control.DELETE('/sandboxes/{sandbox}/requests', { params: { path, query: filter } }))).count
  }

  /**
   * The calls that fit as they come, until the loop is left, the signal is given or the sandbox is deleted. A connection that breaks is
   * made again, and what came meanwhile is told as far as the journal still holds it. The stub listens for you from the first step of the loop on.
   * @throws Error when the stub does not come back
   */
  async *stream(filter: RequestFilter & { secrets?: boolean } = {}, { signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<JournalEntry> {
    const { control, path } = this.#target
    const open = async (last: Resumption) => opened(control.GET('/sandboxes/{sandbox}/requests/stream', { params: { path, query: filter, header: last }, parseAs: 'stream', signal: signal ?? null }))
    for await (const { event, data } of followEvents({ open, signal })) {
      if (event === 'request') yield JSON.parse(data) as JournalEntry // as every answer of the control plane, typed by its contract
    }
  }
}
