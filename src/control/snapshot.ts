/** A sandbox as one JSON file, from which another process goes on where this one stood. */
import { freezeClock, readClock, resumeClock, runningClock } from '../core/clock.js'
import { knownOutages } from '../core/outages.js'
import type { ControlState, Sandbox, SystemSwitches } from '../core/sandbox.js'
import type { WholeContent } from '../core/whole.js'
import { NoRoom } from '../core/engine/engine.js'
import { inMib } from '../core/engine/room.js'
import { FileBag, fileOf, takeFile } from '../core/files.js'
import { Base64Texts } from '../core/sliced-json.js'
import { SEQUENCES } from '../core/store/transaction.js'
import { type Doc, StoreError, type StoreExport } from '../core/store/types.js'
import type { System } from '../core/system.js'
import { isObject } from '../plain/json.js'
import { instant, systemOf } from './access.js'
import type { ControlParts, Task } from './task.js'
import { parseInstant } from './clock.js'
import { checkRule } from './faults.js'
import { misfitOf } from '../core/records.js'
import { listOf, quote, Refusal, refusal } from '../core/surface/refusal.js'
import { packageVersion } from './server.js'
import { checkSettings } from './settings.js'

const FORMAT = 'understudy-snapshot'
const VERSION = 1
const MOST_COUNT = 1e12
/** So many systems are told apart. */
const MOST_NAMED = 50
/** So many records in bulk any server makes for a snapshot: less than a tenth of a second of work. */
const MOST_SCALE = 1000

type Snapshot = NonNullable<Task<'createSandbox'>['input']['snapshot']>
type SystemSnapshot = Snapshot['systems'][string]

/**
 * @param most so many bytes a snapshot may have that is restored
 * @returns all that the sandbox keeps at this moment, but for its journal
 * @throws NoRoom when its files alone are more than could ever be restored
 */
export async function takeSnapshot(sandbox: Sandbox, most: number): Promise<Snapshot> {
  const { content: { control, origin, stores }, files } = await sandbox.whole()
  const [bytes, carried] = [...files.values()].reduce(([sum, text], { length }) => [sum + length, text + 4 * Math.ceil(length / 3)], [0, 0])
  if (carried > most) throw new NoRoom(`The files of ${quote(sandbox.name)} take up ${inMib(bytes)} MiB, which are ${inMib(carried)} as base64, and a snapshot can be restored that has ${inMib(most)} at the most. Delete some files; or fork the sandbox (createSandbox), which takes them all along.`)
  const systems = Object.entries(control.systems).map(([id, { smsSource, outages, settings, maintenance }]): [string, SystemSnapshot] => {
    return [id, { smsSource, outages: [...outages], settings: { ...settings }, maintenance: maintenance === null ? null : { ...maintenance }, store: showStore(stores[id] ?? {}) }]
  })
  return {
    format: FORMAT,
    version: VERSION,
    package: await packageVersion(),
    seed: control.seed,
    boot: origin.boot,
    scale: origin.scale,
    clock: { now: instant(readClock(control.clock, sandbox.real)), frozen: control.clock.frozenAt !== null },
    requests: control.requests,
    systems: Object.fromEntries(systems),
    faults: control.faults.map((rule) => ({ ...rule, fault: { ...rule.fault } })),
    nextFault: control.nextFault,
    era: control.era,
    ...(files.size === 0 ? {} : { files: new Base64Texts(files) }),
  }
}

/**
 * Makes the sandbox what the snapshot says, in one step. Where real backends are is no part of it: a file from elsewhere sends nothing anywhere.
 * @throws Refusal saying what does not fit this server; then nothing is changed
 */
export async function restoreSnapshot(parts: ControlParts, sandbox: Sandbox, snapshot: Snapshot): Promise<void> {
  const { systems: now } = await sandbox.control.read()
  const content = await readSnapshot(parts, snapshot, sandbox.real, now)
  try {
    await parts.sandboxes.replace(sandbox, content)
  } catch (error) {
    throw error instanceof StoreError ? misfit(error.message) : error
  }
}

async function readSnapshot(parts: ControlParts, snapshot: Snapshot, real: number, now: ControlState['systems']): Promise<WholeContent> {
  if (snapshot.format !== FORMAT) throw misfit(`its format is ${quote(snapshot.format)}, not ${FORMAT}`)
  if (snapshot.version !== VERSION) throw misfit(`its version is ${String(snapshot.version)}; this server, ${await packageVersion()}, reads version ${String(VERSION)}, and ${snapshot.package} wrote it`)
  parseInstant(instantOf(snapshot.boot))
  checkCounters(snapshot)
  checkSystems(parts, snapshot)
  checkScale(parts, snapshot)
  const systems: Record<string, SystemSwitches> = {}
  const stores: Record<string, StoreExport> = {}
  const bag = readFiles(snapshot)
  for (const [id, part] of Object.entries(snapshot.systems)) {
    const system = systemOf(parts, id)
    const backend = now[id]?.backend
    systems[id] = { ...readSwitches(system, part), ...(backend === undefined ? {} : { backend }) }
    stores[id] = await parts.sandboxes.pace.inSlices(readStore(system, part.store, bag))
  }
  for (const rule of snapshot.faults) checkFault(parts, rule)
  if (new Set(snapshot.faults.map(({ id }) => id)).size < snapshot.faults.length) throw misfit('two of its fault rules have the same id')
  const reading = parseInstant(snapshot.clock.now)
  const frozen = freezeClock(runningClock, real, reading)
  const control = {
    clock: snapshot.clock.frozen ? frozen : resumeClock(frozen, real),
    requests: snapshot.requests,
    seed: snapshot.seed,
    era: snapshot.era ?? 1,
    systems,
    faults: snapshot.faults,
    nextFault: snapshot.nextFault,
  }
  return { content: { control, origin: { boot: snapshot.boot, scale: snapshot.scale }, stores }, files: bag.files }
}

function instantOf(milliseconds: number): string {
  if (Math.abs(milliseconds) > 8.64e15) throw misfit(`its boot, ${String(milliseconds)}, is no moment`)
  return instant(milliseconds)
}

/** Far below where counting on stops making a difference. */
function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(Number(value)) <= MOST_COUNT
}

function checkCounters({ requests, nextFault, era = 1 }: Snapshot): void {
  const [name, count] = Object.entries({ requests, nextFault, era }).find(([, one]) => !isCount(one)) ?? []
  if (name !== undefined) throw misfit(`its ${name}, ${String(count)}, is more than ${String(MOST_COUNT)}`)
}

/** A sandbox has all systems of its server; a snapshot has those of the server that it was taken from. */
function checkSystems({ served }: ControlParts, { systems }: Snapshot): void {
  const known = [...served.keys()].sort()
  // A file from elsewhere may name any number of them.
  const given = Object.keys(systems).slice(0, MOST_NAMED).sort()
  if (known.join() === given.join()) return
  throw misfit(`it holds ${listOf(given)}, but this server plays ${listOf(known)}. Start it with: understudy start ${given.join(' ')}`)
}

/** Making records takes its time, and nobody is answered meanwhile. */
function checkScale({ sandboxes: { origin } }: ControlParts, { scale }: Snapshot): void {
  const most = Math.max(origin.scale, MOST_SCALE)
  if (scale > most) throw misfit(`its worlds have ${String(scale)} records in bulk, and this server makes ${String(most)} at the most. Start it with --scale ${String(scale)}`)
}

function readSwitches(system: System, { smsSource, outages, settings, maintenance }: SystemSnapshot): SystemSwitches {
  const unknown = outages.find((name) => !knownOutages(system).includes(name))
  if (unknown !== undefined) throw misfit(`${system.id} does not know the outage ${quote(unknown)}`)
  return { smsSource, outages, settings: within(`${system.id}: `, () => checkSettings(system, settings)), maintenance }
}

/** A file has the hash under which it stands. */
function readFiles({ files = {} }: Snapshot): FileBag {
  const bag = new FileBag()
  for (const [hash, text] of Object.entries(files)) if (bag.add(Buffer.from(text, 'base64')).hash !== hash) throw misfit(`the file ${quote(hash)} has another hash`)
  return bag
}

function* readStore(system: System, store: SystemSnapshot['store'], bag: FileBag): Generator<void, StoreExport> {
  const read: Record<string, StoreExport[string]> = {}
  for (const [collection, { put, deleted }] of Object.entries(store)) {
    if (collection === SEQUENCES) {
      if (!put.every(({ name, value }) => typeof name === 'string' && isCount(value))) throw misfit(`a counter of ${system.id} is no whole number with a name`)
      read[collection] = { put, deleted }
      continue
    }
    const definition = Object.hasOwn(system.state, collection) ? system.state[collection] : undefined
    if (definition === undefined) throw misfit(`${system.id} has no collection ${quote(collection)}. It has ${listOf(Object.keys(system.state))}`)
    const records: Doc[] = []
    for (const record of put) {
      records.push(readRecord(system, collection, takeFile(definition, record, bag.add), bag))
      yield
    }
    read[collection] = { put: records, deleted }
  }
  return read
}

function readRecord(system: System, collection: string, record: unknown, { files }: FileBag): Doc {
  const fault = misfitOf(system, collection, record)
  if (fault !== null || !isObject(record)) throw misfit(`a record of ${system.id}/${collection} breaks its schema: ${String(fault)}`)
  const hash = fileOf(system.state[collection], record)
  if (hash !== undefined && !files.has(hash)) throw misfit(`a record of ${system.id}/${collection} names a file that does not come along: ${quote(hash)}`)
  return record
}

function checkFault(parts: ControlParts, rule: Snapshot['faults'][number]): void {
  within(`the fault rule ${quote(rule.id)}: `, () => {
    checkRule(parts, rule)
  })
}

function showStore(store: StoreExport): SystemSnapshot['store'] {
  return Object.fromEntries(Object.entries(store).map(([collection, { put, deleted }]) => [collection, { put: [...put], deleted: [...deleted] }]))
}

/** What another check refuses is a misfit here. */
function within<T>(where: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    throw error instanceof Refusal ? misfit(`${where}${error.problem.detail}`) : error
  }
}

function misfit(reason: string) {
  return refusal(422, 'snapshot-misfit', `The snapshot cannot be restored here: ${reason.replace(/\.$/, '')}.`)
}
