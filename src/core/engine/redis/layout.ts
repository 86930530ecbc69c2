/**
 * What stands in Redis. The keys of a sandbox share a hash tag, so that they lie on one node of a cluster:
 *
 * | key | value |
 * | --- | --- |
 * | `understudy:{<sandbox>}:meta` | a hash: generation, version, counters, what the generation began with |
 * | `understudy:{<sandbox>}:docs` | a hash: all records that differ from the world, control state among them, as `<place>:<JSON>` |
 * | `understudy:{<sandbox>}:log` | a stream: commits, under their versions |
 * | `understudy:{<sandbox>}:files` | a hash: files in base64 under their hashes, which records name |
 * | `understudy:{<sandbox>}:journal` | a stream: calls, under generation and number |
 * | `understudy:{-}:house` | a hash: contract, fixtures and seed that all processes have, and the moment of their boot |
 * | `understudy:{-}:sandboxes` | a sorted set: the names of all sandboxes by their last use |
 * | `understudy:{-}:spare` | a sorted set: those of them that nobody has changed or made by their name |
 * | `understudy:{-}:dying` | a sorted set: those that are being deleted, by when that began; they are in neither of the others |
 * | `understudy:{-}:processes` | a sorted set: the processes that are there |
 *
 * A record has a place, for lists show records in the order in which they were first written. The log notes with every change the place
 * that the record had before, so that the past can be told exactly from what is and what was done.
 */
import { applyControl, controlChanges } from '../../control-state.js'
import { runningClock } from '../../clock.js'
import type { Files } from '../../files.js'
import type { ControlState, Origin, SandboxContent } from '../../sandbox-state.js'
import { atOnce } from '../../slices.js'
import type { Change, Doc, Key } from '../../store/types.js'
import { CONTROL, type Commit, type House, type Overview } from '../engine.js'
import { fieldOf, type Item, itemsFrom, listFrom, numberFrom, textFrom } from './reply.js'

/** Counts up when what was written before cannot be read any more. */
export const FORMAT = '2'

export interface SandboxKeys {
  readonly meta: string
  readonly docs: string
  readonly log: string
  readonly journal: string
  readonly files: string
}

/** @returns the keys of a sandbox */
export function keysOf(prefix: string, sandbox: string): SandboxKeys {
  const key = (part: string) => `${prefix}:{${sandbox}}:${part}`
  return { meta: key('meta'), docs: key('docs'), log: key('log'), journal: key('journal'), files: key('files') }
}

/** No sandbox has this name. */
const HOUSE = '-'

/** @returns the keys that all sandboxes share */
export function houseKeysOf(prefix: string): { readonly house: string; readonly sandboxes: string; readonly spare: string; readonly dying: string; readonly processes: string } {
  const key = (part: string) => `${prefix}:{${HOUSE}}:${part}`
  return { house: key('house'), sandboxes: key('sandboxes'), spare: key('spare'), dying: key('dying'), processes: key('processes') }
}

/** What a generation began with, beside its records. */
export interface Start {
  readonly seed: string
  readonly requests: number
  readonly origin: Origin
}

/** @returns what a generation begins with, as it is kept */
export function startOf({ control: { seed, requests }, origin }: SandboxContent): string {
  return JSON.stringify({ seed, requests, origin } satisfies Start)
}

/** One record, where it stands. */
interface Placed {
  readonly place: number
  readonly json: string
}

/** Records by their fields. */
export type Docs = Map<string, Placed>

/** @returns the field of a record */
export function fieldFor(system: string, collection: string, key: Key): string {
  return JSON.stringify([system, collection, key])
}

/** @returns what a sandbox holds, as field and JSON, in order */
export function docsOf({ control, stores }: SandboxContent, keyOf: House['keyOf']): (readonly [field: string, json: string])[] {
  const blank: ControlState = { ...control, clock: { ...control.clock }, systems: {}, faults: [], nextFault: -1 }
  const docs = controlChanges(blank, control).map(({ collection, key, after }) => [fieldFor(CONTROL, collection, key), JSON.stringify(after)] as const)
  for (const [system, store] of Object.entries(stores)) {
    for (const [collection, { put, deleted }] of Object.entries(store)) {
      for (const key of deleted) docs.push([fieldFor(system, collection, key), 'null'])
      for (const doc of put) docs.push([fieldFor(system, collection, keyOf(system, collection, doc)), JSON.stringify(doc)])
    }
  }
  return docs
}

/** @returns records as they lie in the hash, which comes as field, value, field, value */
export function* docsFrom(reply: unknown): Generator<void, Docs> {
  const docs: Docs = new Map()
  const list = listFrom(reply)
  for (let i = 0; i + 1 < list.length; i += 2) {
    const value = textFrom(list[i + 1])
    const colon = value.indexOf(':')
    docs.set(textFrom(list[i]), { place: Number(value.slice(0, colon)), json: value.slice(colon + 1) })
    yield
  }
  return docs
}

/** @returns those of them that are control state */
export function controlOf(docs: Docs): Docs {
  return new Map([...docs].filter(([field]) => field.startsWith(CONTROL_FIELDS)))
}

/** What the fields of all control state begin with. */
export const CONTROL_FIELDS = `["${CONTROL}",`

/** @returns what a sandbox holds */
export function* contentFrom(docs: Docs, { seed, requests, origin }: Start, era: number): Generator<void, SandboxContent> {
  let control: ControlState = { clock: runningClock, requests, seed, era, systems: {}, faults: [], nextFault: 1 }
  const stores: Record<string, Record<string, { put: Doc[]; deleted: Key[] }>> = {}
  for (const [field, { json }] of [...docs].sort(([, a], [, b]) => a.place - b.place)) {
    const [system, collection, key] = JSON.parse(field) as readonly [string, string, Key] // written by `fieldFor`
    const doc = JSON.parse(json) as Doc | null // written by `docsOf`, or a commit
    if (system === CONTROL) control = applyControl(control, [{ collection, key, before: null, after: doc }])
    else {
      const part = ((stores[system] ??= {})[collection] ??= { put: [], deleted: [] })
      if (doc === null) part.deleted.push(key)
      else part.put.push(doc)
    }
    yield
  }
  return { control, origin, stores }
}

/**
 * @returns all records as if each had been committed once, in the order of their places: a content holds what was deleted apart, so a
 * replica made of it would not know where a record belongs that is deleted now and comes again
 */
export function* commitsFrom(docs: Docs, version: number): Generator<void, readonly Commit[]> {
  const touched: ReadonlySet<string> = new Set()
  const commits: (Commit & { readonly changes: Change[] })[] = []
  for (const [field, { json }] of [...docs].sort(([, a], [, b]) => a.place - b.place)) {
    const [system, collection, key] = JSON.parse(field) as readonly [string, string, Key] // written by `fieldFor`
    if (system === CONTROL) continue
    const after = JSON.parse(json) as Doc | null // written by `docsOf`, or a commit
    const last = commits.at(-1)
    const change = { collection, key, before: null, after }
    if (last?.system === system && last.changes.length < PORTION) last.changes.push(change)
    else commits.push({ version, system, changes: [change], request: null, touched: () => touched })
    yield
  }
  return commits
}

/** So many records are taken in at once. */
const PORTION = 100

/** What is no change of records stands in the log as well, so that it is heard in order. */
export type Sign = { readonly sign: 'turned'; readonly kept: number } | { readonly sign: 'ended' } | { readonly sign: 'cleared' } | { readonly sign: 'barred' } | { readonly sign: 'told'; readonly text: string }

/** What the log says of a commit beside its names. */
export interface CommitHeader {
  readonly request: number | null
  readonly changes: readonly (readonly [collection: string, key: Key, before: Doc | null])[]
}

/** @returns how many characters of files a sandbox may have, how many files follow, and hash and base64 of each */
export function filesFor(files: Files, { budget }: House): string[] {
  const most = Math.ceil(budget.limitOfOne('files') / 3) * 4
  return [String(most), String(files.size), ...[...files].flatMap(([hash, bytes]) => [hash, Buffer.from(bytes).toString('base64')])]
}

/** @returns names as one text; each is JSON, in which no line ends */
export function joinNames(names: Iterable<string>): string {
  return Array.from(names, (name) => JSON.stringify(name)).join('\n')
}

/** An item of the log. What is written in it is read when somebody asks: of many that come at once each answer tells of all the others. */
export class LoggedCommit implements Commit {
  readonly version: number
  readonly #item: Item
  #header: CommitHeader | Sign | null = null
  #changes: readonly Change[] | null = null
  #touched: ReadonlySet<string> | null = null

  constructor(item: Item) {
    this.#item = item
    this.version = item.place[0]
  }

  get generation(): number {
    return Number(fieldOf(this.#item, 'g'))
  }

  get system(): string {
    return fieldOf(this.#item, 's')
  }

  /** Null when it is a commit of somebody's. */
  get sign(): Sign | null {
    const header = this.#read()
    return 'sign' in header ? header : null
  }

  get request(): number | null {
    const header = this.#read()
    return 'sign' in header ? null : header.request
  }

  get changes(): readonly Change[] {
    return (this.#changes ??= this.#readChanges())
  }

  /** The place that each changed record had before; null where there was none. */
  get places(): readonly (number | null)[] {
    const places = fieldOf(this.#item, 'p')
    return places === '' ? [] : places.split(',').map((place) => (place === '-' ? null : Number(place)))
  }

  touched(): ReadonlySet<string> {
    const names = fieldOf(this.#item, 'n')
    return (this.#touched ??= new Set(names === '' ? [] : names.split('\n').map((name) => JSON.parse(name) as string))) // by `joinNames`
  }

  #read(): CommitHeader | Sign {
    return (this.#header ??= JSON.parse(fieldOf(this.#item, 'h')) as CommitHeader | Sign) // written by this engine, as the rest
  }

  #readChanges(): readonly Change[] {
    const header = this.#read()
    if ('sign' in header) return []
    const afters = JSON.parse(fieldOf(this.#item, 'a')) as readonly (Doc | null)[]
    return header.changes.map(([collection, key, before], i) => ({ collection, key, before, after: afters[i] ?? null }))
  }
}

/** @returns the commits of a log. Signs are no part of history; a deleted sandbox of the same name may have left one */
export function loggedCommits(reply: unknown): readonly LoggedCommit[] {
  return itemsFrom(reply).map((item) => new LoggedCommit(item)).filter(({ sign }) => sign === null)
}

/** @returns what a list shows, as a script has found it */
export function overviewFrom(reply: unknown): Overview {
  const [start, era, requests, entries, docs] = listFrom(reply)
  const { control } = atOnce(contentFrom(atOnce(docsFrom(docs)), JSON.parse(textFrom(start)) as Start, numberFrom(era))) // written by the log
  return { control: { ...control, requests: numberFrom(requests) }, entries: numberFrom(entries) }
}

/** Takes commits back, the newest first. @param docs changed in place */
export function* undo(docs: Docs, commits: readonly LoggedCommit[]): Generator<void, void> {
  for (const { system, changes, places } of [...commits].reverse()) {
    for (const [i, { collection, key, before }] of [...changes.entries()].reverse()) {
      const field = fieldFor(system, collection, key)
      const place = places[i] ?? null
      if (place === null) docs.delete(field)
      else docs.set(field, { place, json: JSON.stringify(before) })
    }
    yield
  }
}
