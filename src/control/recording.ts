/** What was seen of a real backend's records, as a scenario: only what fits a schema, and a list of what does not. */
import { createHash } from 'node:crypto'
import { SecretTexts } from '../core/backends/secret-texts.js'
import { secretsIn, type Veil, veilOver } from '../core/backends/veil.js'
import { isObject, parseForeignJson } from '../plain/json.js'
import type { JournalEntry } from '../core/journal.js'
import { misfitOf } from '../core/records.js'
import { isSecret, replacePhones } from '../core/secrets.js'
import type { Doc } from '../core/store/types.js'
import type { World } from '../core/store/world.js'
import type { System } from '../core/system.js'
import { lookAt, systemsOf } from './access.js'
import type { Pace } from '../core/slices.js'
import { messageTold, placeTold, stepTold } from '../core/drift/finding.js'
import { People } from './recorded-people.js'
import { RecordedRecords, type SeenRecord } from './recorded-records.js'
import { sift } from './standing.js'
import type { ControlParts, ControlHandlers } from './task.js'
import { adoptedOf, exchangeOf } from './veil.js'

/** So many things that could not be placed are listed. */
const MOST_LEFT = 200
/** What stands in the place of a password or a token. */
const INSTEAD = 'recorded-secret'
/** The same in the forms that schemas ask of what is kept: itself, hashed in hexadecimal, hashed as PHP does. */
const HASH = createHash('sha256').update(INSTEAD).digest('hex')
const INSTEADS = [INSTEAD, HASH.toUpperCase(), HASH, `$2y$10$${HASH.slice(0, 53)}`]

/** Something that was seen and has no place. */
interface Left {
  readonly operationId: string
  readonly pointer: string
  readonly reason: string
}

interface Recording {
  readonly put: RecordedRecords
  readonly left: Map<string, Left>
}

export const recording: ControlHandlers<'getRecording'> = {
  getRecording: async ({ input: { sandbox: name, system: id, secrets }, parts }) => {
    const sandbox = await lookAt(parts, name)
    const { pace } = parts.sandboxes
    const beside = (await sandbox.journal.read()).filter(({ via }) => via !== undefined)
    const entries = beside.filter(({ via }) => via?.source === 'real')
    const known = secrets ? [] : [await pace.inSlices(secretsOf(beside)), ...(await adoptedOf(parts, sandbox))]
    const recordings = []
    for (const system of systemsOf(parts, id)) {
      const recorded = await record(system, entries.filter((entry) => entry.system === system.id), pace)
      if (recorded.put.isEmpty && recorded.left.size === 0) continue
      recordings.push(await pace.inSlices(show(system, await worldOf(parts, system), recorded, secrets ? null : scenarioVeil(known))))
    }
    return { recordings }
  },
}

/** The least that a scenario is laid over: the world of the fixtures, without what was made in bulk. */
async function worldOf({ served, boot }: ControlParts, system: System): Promise<World> {
  const one = served.get(system.id)
  if (one === undefined) throw new Error(`the system ${system.id} is not served`)
  return one.worldAt({ boot, scale: 0 })
}

/** What a backend has answered may be as much as the journal holds: others are answered meanwhile. */
async function record(system: System, entries: readonly JournalEntry[], pace: Pace): Promise<Recording> {
  const recorded: Recording = { put: new RecordedRecords(system), left: new Map() }
  const people = new People(system)
  for (const entry of entries) {
    if (entry.operation === null || entry.error !== null || entry.responseBody === null) continue
    const body = readBody(entry)
    if (body === undefined) {
      left(recorded, { operationId: entry.operation, pointer: '', reason: 'its answer is no JSON, or longer than what the journal keeps' })
      continue
    }
    await people.see(entry, body)
    await pace.inSlices(people.learn(body))
    await pace.inSlices(walk(system, recorded, entry.operation, body, ''))
  }
  const { collection } = system.users
  await pace.map(people.seen(), (one) => {
    // Who was told of as a whole needs nothing that was filled in.
    if (recorded.put.has(collection, one.record)) return
    if (one.reason === null) put(recorded, collection, one)
    if (one.reason !== null || one.note !== null) left(recorded, { operationId: one.operationId, pointer: '', reason: one.reason ?? one.note ?? '' })
  })
  return recorded
}

function readBody({ responseBody }: JournalEntry): unknown {
  if (responseBody === null) return undefined
  const { content, encoding } = responseBody
  try {
    return parseForeignJson(Buffer.from(content, encoding).toString('utf8'))
  } catch {
    return undefined
  }
}

/** @returns whether the value, or something in it, has found a place */
function* walk(system: System, recorded: Recording, operationId: string, value: unknown, pointer: string): Generator<void, boolean> {
  yield
  if (Array.isArray(value)) {
    let hasPlace = false
    for (const item of value as readonly unknown[]) if (yield* walk(system, recorded, operationId, item, `${pointer}/*`)) hasPlace = true
    return hasPlace
  }
  if (!isObject(value)) return false
  const tried = Object.keys(system.contract.collections).map((collection) => ({ collection, ...fit(system, collection, value) }))
  const fits = tried.flatMap(({ collection, record: found, misfit }) => (misfit === null ? [{ collection, found }] : []))
  const [only] = fits
  if (only !== undefined && fits.length === 1) put(recorded, only.collection, { record: only.found, operationId, pointer })
  let inside = false
  for (const name in value) if (yield* walk(system, recorded, operationId, value[name], `${pointer}/${stepTold(name)}`)) inside = true
  if (fits.length === 1 || (fits.length === 0 && inside)) return true
  // The envelope itself is no record, and not every object is meant to be one.
  if (pointer === '') return inside
  const nearest = tried.filter(({ shared }) => shared > 1).sort((a, b) => b.shared - a.shared)[0]
  const reason = fits.length > 1 ? `it fits several collections: ${fits.map(({ collection }) => collection).join(', ')}` : nearest === undefined ? 'it is like no collection' : `nearest to ${nearest.collection}, but ${nearest.misfit ?? ''}`
  left(recorded, { operationId, pointer, reason })
  return inside
}

/** The object as a record of a collection: its own fields, and keys of the objects that stand in the place of references. */
function fit(system: System, collection: string, value: Readonly<Record<string, unknown>>) {
  const fields = Object.entries(system.contract.collections[collection]?.fields ?? {})
  const found: Record<string, unknown> = {}
  for (const [name, { reference }] of fields) {
    const inner = reference === undefined ? undefined : value[name.replace(/_?[iI]d$/, '')]
    if (Object.hasOwn(value, name)) found[name] = value[name]
    else if (reference !== undefined && isObject(inner)) found[name] = inner[system.state[reference]?.key ?? '']
  }
  return { record: found, shared: Object.keys(found).length, misfit: misfitOf(system, collection, found) }
}

function put(recorded: Recording, collection: string, seen: SeenRecord): void {
  if (!recorded.put.put(collection, seen)) left(recorded, { operationId: seen.operationId, pointer: '', reason: 'there is no room for more records' })
}

/** Whatever a backend calls its fields and records, it is told in short. */
function left({ left: all }: Recording, { operationId, pointer, reason }: Left): void {
  if (all.size === MOST_LEFT) return
  const one = { operationId, pointer: placeTold(pointer), reason: messageTold(reason) }
  all.set(`${operationId} ${one.pointer} ${one.reason}`, one)
}

/** @param veil what hides secrets; null where they are to be seen */
function* show(system: System, world: World, recorded: Recording, veil: Veil | null) {
  const fitting: (SeenRecord & { readonly collection: string; readonly record: Record<string, unknown> })[] = []
  for (const [collection, seen] of recorded.put.all()) {
    yield
    const { operationId, pointer } = seen
    const found = veil === null ? { ...seen.record } : veiled(system, collection, seen.record, veil)
    const misfit = misfitOf(system, collection, found)
    if (misfit === null) fitting.push({ operationId, pointer, collection, record: found })
    else left(recorded, { operationId, pointer, reason: `it is no record of ${collection} any more once its secrets are replaced: ${misfit}` })
  }
  const { standing, fallen } = yield* sift(system, world, fitting)
  for (const { one: { operationId, pointer }, reason } of fallen) left(recorded, { operationId, pointer, reason })
  const records: Record<string, Record<string, unknown>[]> = {}
  for (const { collection, record: found } of standing) (records[collection] ??= []).push(found)
  const description = { en: 'Recorded from a real backend.', zh: '从真实后端记录。' }
  return { system: system.id, scenario: { description, put: records }, left: [...recorded.left.values()].map((one) => (veil === null ? one : { ...one, pointer: veil.text(one.pointer), reason: veil.text(one.reason) })) }
}

function* secretsOf(entries: readonly JournalEntry[]): Generator<void, SecretTexts> {
  const found = new SecretTexts()
  for (const entry of entries) {
    secretsIn(exchangeOf(entry), found)
    yield
  }
  return found
}

/** @returns what hides secrets, and replaces each phone number by one that is made up, the same for the same */
function scenarioVeil(known: readonly Pick<SecretTexts, 'hide'>[]): Veil {
  const numbers = new Map<string, string>()
  const madeUp = (phone: string) => {
    const other = numbers.get(phone) ?? `199${String(numbers.size + 1).padStart(8, '0')}`
    numbers.set(phone, other)
    return other
  }
  return veilOver(known, (text) => replacePhones(text, madeUp))
}

function veiled(system: System, collection: string, record: Doc, veil: Veil): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => {
    if (isSecret(name) && typeof value === 'string') return [name, INSTEADS.find((instead) => misfitOf(system, collection, { ...record, [name]: instead }) === null) ?? INSTEAD]
    return [name, veil.value(value)]
  }))
}
