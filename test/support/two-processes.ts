/** The log of one sandbox in Redis as two processes follow it, with all that is asked of Redis and all that followers are told written down. */
import { Budget, LEAST_MEMORY } from '../../src/core/budget.js'
import type { Attempt, Commit, Follower, House, NewEntry } from '../../src/core/engine/engine.js'
import { openPort } from '../../src/core/engine/redis/address.js'
import * as journalScripts from '../../src/core/engine/redis/journal-scripts.js'
import { keysOf, LoggedCommit } from '../../src/core/engine/redis/layout.js'
import { type LogOwner, RedisLog } from '../../src/core/engine/redis/log.js'
import type { RedisPort } from '../../src/core/engine/redis/port.js'
import { fieldsFrom, itemsFrom } from '../../src/core/engine/redis/reply.js'
import * as scripts from '../../src/core/engine/redis/scripts.js'
import { NO_FILES } from '../../src/core/files.js'
import { Pace } from '../../src/core/slices.js'
import type { OwnRedis } from './redis.js'
import { outcomeOf, type WrittenDown } from './written-down.js'

const names = new Map<unknown, string>(Object.entries({ ...scripts, ...journalScripts }).map(([name, script]) => [script, name]))
/** Versions are microseconds since 1970 where a sandbox begins, and count up from there; no sandbox here lives for so many. */
const MOST_VERSIONS = 200
const MOST_SHOWN = 8000
/** More than comes along with an answer. */
export const LONG = 'x'.repeat(9000)

/** Tells numbers by the moment from which they count: the first sandbox is A, the next of its name B. */
class Moments {
  readonly #known: number[] = []

  /** @returns the same without anything that is another each time */
  plain(value: unknown): unknown {
    if (typeof value === 'string') return value.replace(/\d{16}/g, (digits) => this.#tell(Number(digits)))
    if (typeof value === 'number') return value > 1e15 ? this.#tell(value) : value
    if (value instanceof LoggedCommit) return this.plain({ version: value.version, of: value.system, changes: value.changes, request: value.request, touched: value.touched() })
    if (value instanceof Error || value instanceof Uint8Array || typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((one) => this.plain(one))
    if (value instanceof Set) return new Set([...value].map((one) => this.plain(one)))
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.plain(one)]))
  }

  #tell(number: number): string {
    let at = this.#known.findIndex((one) => Math.abs(number - one) < MOST_VERSIONS)
    if (at === -1) at = this.#known.push(number) - 1
    return `${String.fromCharCode(65 + at)}+${String(number - (this.#known[at] ?? 0))}`
  }
}

const control = { clock: { offset: 0, frozenAt: null }, requests: 2, seed: 's', era: 3, systems: {}, faults: [], nextFault: 4 }
export const contentOf = (ids: readonly number[], more: object = {}) => ({ control: { ...control, ...more }, origin: { boot: 0, scale: 1 }, stores: { shop: { items: { put: ids.map((id) => ({ id })), deleted: [9] } } } })
export const entryOf = (url: string): NewEntry => ({ at: 5, duration: 0.5, system: 'shop', operation: 'buy', method: 'GET', url, requestHeaders: { a: 'b' }, requestBody: null, status: 200, responseHeaders: {}, responseBody: null, user: null, error: null, faults: [], violations: [], changes: [], preflight: false, version: 0 })
export const put = (id: number, text = '') => ({ collection: 'items', key: id, before: null, after: { id, text } })
export const scopeOf = (system: string) => ({ system, touched: (changes: Attempt['changes']) => new Set(changes.map(({ collection, key }) => `${collection}/${String(key)}`)), isOfWorld: (_collection: string, key: string | number) => key === 9 })

/** Two processes at one sandbox. What one of them does is written down with all that was asked, and all that either follower was told. */
export async function twoProcesses(redis: OwnRedis, name: string, told: WrittenDown, budget = new Budget(LEAST_MEMORY)) {
  const direct = await openPort(redis.url, () => undefined)
  const moments = new Moments()
  const keys = keysOf('told', name)
  let happened: string[] = []
  const named = new Set<string>()
  /** What goes wrong with a script, before it is carried out or behind it. */
  const trouble: { script: string; error: () => Error; isBefore: boolean; times: number; then?: () => Promise<unknown> }[] = []
  let attempts = 0

  const process = (who: string) => {
    const note = (what: string) => happened.push(`${who} ${what}`)
    const state = { listens: false }
    const follower: Follower = {
      initial: () => {
        note('begins anew')
        return contentOf([1, 2])
      },
      committed: (commit: Commit) => note(`is told of ${String(moments.plain(commit.version))} ${commit.system} ${commit.changes.map(({ key, after }) => `${String(key)}${after === null ? ' gone' : ''}`).join(' ')}, of ${String(commit.request)}, ${[...commit.touched()].join(' ')}`),
      turnedOver: (kept) => note(`is turned over, ${String(kept)}`),
      journalled: (event) => note(event.type === 'entry' ? `reads ${event.head.url}` : event.type),
      announced: (text) => note(`hears ${text}`),
      lost: () => note('has lost it'),
      ended: () => note('is at its end'),
      get listens() { return state.listens },
      idle: false,
    }
    const port: RedisPort = {
      where: direct.where, trouble: null, ears: 1, nodes: () => direct.nodes(), listen: () => direct.listen(), close: () => direct.close(),
      run: async (script, of, args) => {
        const said = names.get(script) ?? 'another script'
        note(`${said} ${of.map((key) => key.split(':').at(-1)).join(' ')}: ${JSON.stringify(moments.plain(args.map((arg) => (arg.length > MOST_SHOWN ? `${arg.slice(0, 20)}… of ${String(arg.length)}` : arg))))}`)
        const [wrong] = trouble
        if (wrong?.script !== said) return direct.run(script, of, args)
        if (--wrong.times === 0) trouble.shift()
        if (!wrong.isBefore) await direct.run(script, of, args)
        await wrong.then?.()
        throw wrong.error()
      },
      send: (key, command) => {
        note(command.join(' '))
        return direct.send(key, command)
      },
    }
    const house: House = { identity: async () => ({}), keyOf: (_system, _collection, doc) => Number(doc['id']), fileOf: () => undefined, boot: 0, most: 10, journalLimit: 3, pace: new Pace(), budget, report: () => undefined }
    const owner: LogOwner = {
      port, house,
      heard: (now) => { if (Math.abs(now - Date.now()) > 60_000) note(`is told that it is ${String(now)}`) },
      used: (log) => note(log.isSpare ? 'uses it, and it is spare' : 'uses it'),
      admit: async () => {
        note('makes room for a new one')
        return named.has(name)
      },
      makeRoom: () => note('makes room'),
      attemptId: () => `attempt ${String(++attempts)}`,
      attend: (_log, isWanted) => note(isWanted ? 'listens' : 'listens no more'),
      gone: () => note('is gone'),
    }
    return { log: new RedisLog(name, keys, follower, owner), state, note }
  }

  const [one, two] = [process('one'), process('two')]
  let generation = 0
  let base = 0
  const attempt = (more: Partial<Attempt> & { system?: string } = {}): Attempt => ({ generation, base, reads: [], changes: [], files: NO_FILES, namesFiles: false, request: 1, scope: scopeOf(more.system ?? 'shop'), ...more })
  return {
    one, two, direct, keys, named, trouble, attempt, moments,
    /** Does something, and writes all of it down. */
    step: async (what: string, work: () => unknown) => {
      happened = []
      const outcome = moments.plain(await outcomeOf(work))
      told.part(what)
      told.note('comes to', outcome)
      happened.forEach((line, i) => { told.note(String(i), line) })
    },
    /** How often the script was carried out in this step. */
    asked: (script: string) => happened.filter((what) => what.split(' ')[1] === script).length,
    /** What has happened in this step is not written down. */
    forget: () => { happened = [] },
    /** From now on attempts rest on what there is. */
    refresh: async () => {
      const [gen, version] = await direct.send(keys.meta, ['HMGET', keys.meta, 'gen', 'ver']) as string[] // as it stands there
      generation = Number(gen)
      base = Number(version)
    },
    /** All that stands in Redis. */
    stands: async () => {
      const hashes = (['meta', 'docs', 'files'] as const).map(async (key) => pairs(await direct.send(keys[key], ['HGETALL', keys[key]])))
      const all = await Promise.all([...hashes, ...(['log', 'journal'] as const).map((key) => direct.send(keys[key], ['XRANGE', keys[key], '-', '+']))])
      told.part('there stands')
      ;['meta', 'docs', 'files', 'log', 'journal'].forEach((key, i) => { told.note(key, moments.plain(JSON.parse(JSON.stringify(all[i]).replaceAll(LONG, 'LONG')))) })
    },
    hears: async (log: RedisLog) => {
      const places = new Map(log.awaited() ?? [])
      if (places.size === 0) return 'does not know from where'
      const streams = (await direct.send(keys.log, ['XREAD', 'STREAMS', ...places.keys(), ...places.values()]) ?? []) as readonly (readonly [string, unknown])[] // its answer
      const found = new Map(streams)
      log.hear(itemsFrom(found.get(keys.log) ?? []).map((item) => new LoggedCommit(item)), itemsFrom(found.get(keys.journal) ?? []), true)
      return [...places]
    },
    close: () => direct.close(),
  }
}

/** @returns what a hash holds; a large one comes in another order each time */
function pairs(reply: unknown): readonly string[] {
  return [...fieldsFrom(reply)].map(([name, value]) => `${name} ${value}`).sort()
}
