/** Phase 1, addressed: which sandbox and which system a call is for, and what it sees of that sandbox. */
import type { About } from '../dialect.js'
import type { Turn } from '../turn.js'
import { isSandboxName, type Maintenance, type SystemSwitches } from '../sandbox.js'
import type { Call } from '../stage/call.js'
import type { Settings } from '../settings.js'
import type { System } from '../system.js'
import { parseQuery, type Query } from './query.js'

export const SANDBOX_HEADER = 'understudy-sandbox'
export const DEFAULT_SANDBOX = 'default'

/** Where a call goes, read off its URL and headers. */
export interface Address {
  readonly sandbox: string
  readonly system: System
  /** Whether the URL names the system; one that is served alone need not be named. */
  readonly isNamed: boolean
  /** Path below the system's base, not decoded. */
  readonly path: string
  /** The text behind the question mark; empty when there is none. */
  readonly search: string
}

/** Why a call cannot be brought to a system. */
export type Misaddressed = { readonly problem: 'sandboxName'; readonly name: string } | { readonly problem: 'noSystem'; readonly name: string }

/**
 * `/@<sandbox>/<system>/<path>`; without `@…` the header `Understudy-Sandbox` names the sandbox. A system that is served alone
 * answers without its name in front as well.
 * @param systems the systems served, by id
 * @returns where the call goes, or why that cannot be told
 */
export function readAddress({ url, headers }: Pick<Call, 'url' | 'headers'>, systems: ReadonlyMap<string, System>): Address | Misaddressed {
  const [whole, search] = splitOnce(url, '?')
  let path = whole
  let sandbox = headers[SANDBOX_HEADER] ?? DEFAULT_SANDBOX
  if (path.startsWith('/@')) {
    const [name, rest] = splitOnce(path.slice(2), '/')
    sandbox = name
    path = `/${rest}`
  }
  if (sandbox !== DEFAULT_SANDBOX && (typeof sandbox !== 'string' || !isSandboxName(sandbox))) return { problem: 'sandboxName', name: String(sandbox) }
  const [id, below] = splitOnce(path.slice(1), '/')
  const named = systems.get(id)
  if (named !== undefined) return { sandbox, system: named, isNamed: true, path: `/${below}`, search }
  const [only] = systems.values()
  if (only !== undefined && systems.size === 1) return { sandbox, system: only, isNamed: false, path, search }
  return { problem: 'noSystem', name: id }
}

/** An address with a zone fits in; whatever else is sent is cut. */
const LONGEST_CLIENT = 64

/** @returns who calls, as far as addresses tell: behind a proxy the first address of `X-Forwarded-For` */
export function clientOf({ headers, remoteAddress }: Call): string {
  const header = headers['x-forwarded-for']
  if (header === undefined) return remoteAddress ?? ''
  const [forwarded = ''] = String(header).split(',', 1)
  return forwarded.trim().slice(0, LONGEST_CLIENT) || (remoteAddress ?? '')
}

/** @returns path and query below the system's base */
export function urlBelow({ path, search }: Pick<Address, 'path' | 'search'>): string {
  return search === '' ? path : `${path}?${search}`
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

const NO_SETTINGS: Settings = {}

/** A call that has found its system, and its turn in the sandbox. */
export class Addressed implements Omit<Address, 'isNamed'> {
  readonly call: Call
  readonly sandbox: string
  readonly system: System
  readonly path: string
  readonly search: string
  /** What the call sees of its sandbox: records, control state and clock as they were when it came. */
  readonly turn: Turn
  /** Why there is no sandbox for it; null where there is one. */
  readonly shortage: string | null
  /** What is set for the system in this sandbox. */
  readonly switches: SystemSwitches | undefined
  readonly settings: Settings
  readonly underMaintenance: Maintenance | null
  #query: Query | null = null

  constructor(call: Call, { sandbox, system, path, search }: Address, turn: Turn, shortage: string | null = null) {
    this.call = call
    this.sandbox = sandbox
    this.system = system
    this.path = path
    this.search = search
    this.turn = turn
    this.shortage = shortage
    this.switches = turn.state.systems[system.id]
    this.settings = this.switches?.settings ?? NO_SETTINGS
    this.underMaintenance = this.switches?.maintenance ?? null
  }

  /** The query, parsed when it is first asked for. */
  get query(): Query {
    return (this.#query ??= parseQuery(this.search))
  }
}

/** @returns the circumstances of an answer, as a dialect is told them */
export function aboutOf({ arrival, operation, row }: { readonly arrival: Pick<Addressed, 'settings'> & { readonly turn: Pick<Turn, 'now'> } } & Pick<About, 'operation' | 'row'>): About {
  return { operation, row, now: arrival.turn.now, settings: arrival.settings }
}
