/** Looking back: a sandbox as it was after a call. History goes back as far as the journal and the log of the engine. */
import type { Commit, Loaded } from './engine/engine.js'
import type { EntryHead } from './journal.js'

/** A moment of the past. */
export interface Moment {
  /** The call after which it was; 0 stands for the beginning. */
  readonly entry: number
  /** What the log held then. */
  readonly loaded: Loaded
  readonly version: number
}

/** One thing that happened: a call, or a change through the control plane between two calls. */
export type Happened<Entry extends EntryHead> =
  | { readonly kind: 'call'; readonly entry: Entry }
  | { readonly kind: 'control'; readonly commit: Commit }

/** How far back a sandbox can be stepped. */
export interface HistoryReach {
  /** The first and the last call that one can go back to; null when there is none. */
  readonly first: number | null
  readonly last: number | null
  /** Whether one can go back to the beginning. */
  readonly isWhole: boolean
}

/** @returns the calls that the log still reaches, oldest first */
function reachable<Entry extends EntryHead>({ commits, isWhole, version }: Loaded, entries: readonly Entry[]): readonly Entry[] {
  const [oldest] = commits
  const from = isWhole ? 0 : oldest === undefined ? version : oldest.version - 1
  return entries.filter((entry) => entry.version >= from)
}

/** @returns how far back one can go */
export function reachOf(loaded: Loaded, entries: readonly EntryHead[]): HistoryReach {
  const within = reachable(loaded, entries)
  return { first: within[0]?.id ?? null, last: within.at(-1)?.id ?? null, isWhole: loaded.isWhole }
}

/** @returns calls and changes from outside, in the order in which they happened */
export function happenings<Entry extends EntryHead>(loaded: Loaded, entries: readonly Entry[]): readonly Happened<Entry>[] {
  const outside = loaded.commits.filter(({ request }) => request === null)
  const all: Happened<Entry>[] = []
  let next = 0
  for (const entry of reachable(loaded, entries)) {
    for (let commit = outside[next]; commit !== undefined && commit.version <= entry.version; commit = outside[++next]) all.push({ kind: 'control', commit })
    all.push({ kind: 'call', entry })
  }
  return [...all, ...outside.slice(next).map((commit) => ({ kind: 'control', commit }) as const)]
}

/** @returns the moment after a call, or the beginning for 0; null when history does not reach it */
export function momentOf(loaded: Loaded, entries: readonly EntryHead[], at: number): Moment | null {
  if (at === 0) {
    if (!loaded.isWhole) return null
    const version = (loaded.commits[0]?.version ?? loaded.version + 1) - 1
    return { entry: 0, version, loaded: { ...loaded, requests: loaded.content.control.requests, commits: [] } }
  }
  const found = reachable(loaded, entries).find(({ id }) => id === at)
  if (found === undefined) return null
  const { version, requests } = found
  return { entry: at, version, loaded: { ...loaded, requests, commits: loaded.commits.filter((commit) => commit.version <= version) } }
}
