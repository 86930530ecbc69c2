/** An engine with one server on it, as core's own tests drive it: each follower writes down what it is told. */
import { Budget, budgetKinds } from '../../src/core/budget.js'
import { CONTROL, type Attempt, type Engine, type Follower, type House, type SandboxLog, type Scope } from '../../src/core/engine/engine.js'
import { NO_FILES } from '../../src/core/files.js'
import type { SandboxContent } from '../../src/core/sandbox-state.js'
import { Pace } from '../../src/core/slices.js'
import type { Change, Doc } from '../../src/core/store/types.js'
import { scopeOf as ownScope } from './two-processes.js'
import type { WrittenDown } from './written-down.js'

/** Records of `items` with these keys are of the world. */
const WORLD: readonly number[] = [1, 2, 3]
export const control: SandboxContent['control'] = { clock: { offset: 0, frozenAt: null }, requests: 0, seed: 's', era: 0, systems: {}, faults: [], nextFault: 1 }
export const scopeOf = (system: string): Scope => ({ ...ownScope(system), isOfWorld: (collection, key) => collection === 'items' && WORLD.includes(Number(key)) })
export const picture = (which: number, length: number) => Buffer.alloc(length, 97 + which)
const hashOf = (doc: Doc) => (typeof doc['hash'] === 'string' ? doc['hash'] : undefined)
export const rule = (id: string, length: number) => ({ id, system: '*', operationId: '*', fault: { kind: 'error' as const, message: 'm'.repeat(length) }, times: null, probability: 1, matched: 0, fired: 0 })

/** @returns a change of one record of `items` */
export const put = (key: number, doc: object, before: Doc | null = null): Change => ({ collection: 'items', key, before, after: { id: key, ...doc } })

/** One server on an engine: what its followers are told is written down with what was done. */
export class Server {
  readonly budget: Budget
  readonly busy = new Set<string>()
  readonly listening = new Set<string>()
  #happened: string[] = []
  readonly #followers = new Map<string, Follower>()

  constructor(readonly engine: Engine, total: number) {
    this.budget = new Budget(total)
  }

  start(more: Partial<House> = {}): unknown {
    return this.engine.start(this.#house(more))
  }

  /** Changes the records of a sandbox, on all that there is of it. */
  async commit(name: string, changes: readonly Change[], more: Partial<Attempt> = {}): Promise<string> {
    const log = this.open(name)
    const { generation } = await log.look()
    const { version } = await log.load()
    return log.commit({ generation, base: version, reads: [], changes, files: NO_FILES, namesFiles: false, request: null, scope: scopeOf('shop'), ...more })
  }

  /** Goes on with another house, as it would with other worlds. */
  adopt(): unknown {
    return this.engine.adopt?.(this.#house({}))
  }

  #house(more: Partial<House>): House {
    return { identity: async () => ({ seed: '1' }), keyOf: (_system, _collection, doc) => Number(doc['id']), fileOf: (_system, _collection, doc) => hashOf(doc), boot: 77, most: 4, journalLimit: 6, pace: new Pace(), budget: this.budget, report: (problem) => this.#happened.push(`reports: ${problem}`), ...more }
  }

  /** Somebody calls the sandbox all the time, beside others who do not; or nobody does any more. */
  turnBusy(name: string): string {
    if (this.busy.delete(name)) return 'idle'
    this.busy.add(name)
    this.open(name).close(this.#follower('nobody'))
    this.engine.open(name, this.#follower('nobody'))
    return 'busy'
  }

  /** @returns what has happened since this was last asked */
  happened(): readonly string[] {
    return this.#happened.splice(0)
  }

  open(name: string): SandboxLog {
    return this.engine.open(name, this.#follower(name))
  }

  #follower(name: string): Follower {
    const note = (what: string) => this.#happened.push(`${name} ${what}`)
    const [busy, listening] = [this.busy, this.listening]
    const follower: Follower = this.#followers.get(name) ?? {
      initial: () => ({ control, origin: { boot: 5, scale: 0 }, stores: {} }),
      committed: (commit) => note(`is told of ${String(commit.version)} ${commit.system} ${String(commit.request)}: ${commit.changes.map(({ key, after }) => `${String(key)}${after === null ? ' gone' : ''}`).join(' ')}; ${[...commit.touched()].join(' ')}`),
      turnedOver: (kept) => note(`is turned over, ${String(kept)}`),
      journalled: (event) => note(event.type === 'entry' ? `reads ${event.head.url} ${String(event.entry?.requestBody?.size)}` : event.type),
      announced: (text) => note(`hears ${text}`),
      lost: () => note('has lost it'),
      ended: () => note('is at its end'),
      get listens() { return listening.has(name) },
      get idle() { return !busy.has(name) },
    }
    this.#followers.set(name, follower)
    return follower
  }

  /** All that is to be seen of the engine and of one log. */
  async see(told: WrittenDown, name: string): Promise<void> {
    told.note('  used', budgetKinds.map((kind) => this.budget.used(kind)).join(' '))
    const happened = this.happened()
    if (happened.length > 0) told.note('  told', happened)
    told.note('  names', (await this.engine.names()).join(' '))
    if (!(await this.engine.has(name))) return
    const log = this.open(name)
    const { generation, requests, version, content, commits, isWhole } = await log.load()
    const docs = Object.entries(content.stores).flatMap(([system, store]) => Object.entries(store).map(([collection, { put, deleted }]) => `${system}/${collection}: ${put.map((doc) => `${String(doc['id'])}${hashOf(doc)?.slice(0, 3) ?? ''}`).join(' ')} - ${deleted.join(' ')}`))
    told.note('  log', [generation, requests, version, isWhole, commits.map((commit) => `${String(commit.version)}${commit.system === CONTROL ? 'c' : ''}`).join(' '), docs, content.control.era, content.control.faults.map(({ id }) => id).join(' '), content.control.nextFault])
    const [heads, entries, status] = [await log.heads(), await log.entries(), await log.status()]
    told.note('  journal', [entries.map((entry) => `${String(entry.id)}${entry.url} ${String(entry.version)} ${String(entry.requests)} ${String(entry.requestBody?.size)}${entry.changes.length > 0 ? ` ${String(entry.changes.length)} changes` : ''}${entry.via === undefined ? '' : ` by ${entry.via.source}`}${Object.keys(entry.responseHeaders).length > 0 ? ' json' : ''}`), heads.map(({ id }) => id).join(' '), status])
  }
}
