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
import { openSandbox, systemsOf } from './access.js'
import { isSamePerson, People } from './recorded-people.js'
import { isSame, sift } from './standing.js'
import type { ControlParts, Handlers } from './task.js'
import { adoptedOf, exchangeOf } from './veil.js'

/** Collections that are the stub's own affair. */
const OWN = ['sessions', 'smsCodes']
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

/** A record, and where it was seen. */
interface Seen {
  readonly record: Doc
  readonly operationId: string
  readonly pointer: string
}

interface Recording {
  readonly put: Map<string, Map<string, Seen>>
  readonly left: Map<string, Left>
}

export const recording: Handlers<'getRecording'> = {
  getRecording: async ({ input: { sandbox: name, system: id, secrets }, parts }) => {
    const sandbox = openSandbox(parts, name)
    const beside = (await sandbox.journal.read()).filter(({ via }) => via !== undefined)
    const entries = beside.filter(({ via }) => via?.source === 'real')
    const known = secrets ? [] : [secretsOf(beside), ...(await adoptedOf(parts, sandbox))]
    const recordings = []
    for (const system of systemsOf(parts, id)) {
      const recorded = await record(system, entries.filter((entry) => entry.system === system.id))
      if (recorded.put.size === 0 && recorded.left.size === 0) continue
      recordings.push(show(system, await worldOf(parts, system), recorded, secrets ? null : scenarioVeil(known)))
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

async function record(system: System, entries: readonly JournalEntry[]): Promise<Recording> {
  const recorded: Recording = { put: new Map(), left: new Map() }
  const people = new People(system)
  for (const entry of entries) {
    if (entry.operation === null || entry.error !== null || entry.responseBody === null) continue
    const body = readBody(entry)
    if (body === undefined) {
      left(recorded, { operationId: entry.operation, pointer: '', reason: 'its answer is no JSON, or longer than what the journal keeps' })
      continue
    }
    await people.see(entry, body)
    walk(system, recorded, entry.operation, body, '')
  }
  const { collection } = system.users
  for (const one of people.seen()) {
    // Who was told of as a whole needs nothing that was filled in.
    if ([...recorded.put.get(collection)?.values() ?? []].some(({ record: other }) => isSamePerson(system, one.record, other))) continue
    if (one.reason === null) put(system, recorded, collection, one)
    if (one.reason !== null || one.note !== null) left(recorded, { operationId: one.operationId, pointer: '', reason: one.reason ?? one.note ?? '' })
  }
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
function walk(system: System, recorded: Recording, operationId: string, value: unknown, pointer: string): boolean {
  if (Array.isArray(value)) return value.map((item: unknown) => walk(system, recorded, operationId, item, `${pointer}/*`)).includes(true)
  if (!isObject(value)) return false
  const tried = Object.keys(system.state).filter((name) => !OWN.includes(name)).map((collection) => ({ collection, ...fit(system, collection, value) }))
  const fits = tried.flatMap(({ collection, record: found, misfit }) => (misfit === null ? [{ collection, found }] : []))
  const [only] = fits
  if (only !== undefined && fits.length === 1) put(system, recorded, only.collection, { record: only.found, operationId, pointer })
  const inside = Object.entries(value).map(([name, item]) => walk(system, recorded, operationId, item, `${pointer}/${name}`)).includes(true)
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

function put(system: System, { put: all }: Recording, collection: string, seen: Seen): void {
  const records = all.get(collection) ?? new Map<string, Seen>()
  // What was seen last holds, also where it is the same one by another key: a user whose login told no id.
  for (const [key, other] of records) if (isSame(system, collection, seen.record, other.record)) records.delete(key)
  records.set(String(seen.record[system.state[collection]?.key ?? '']), seen)
  all.set(collection, records)
}

function left({ left: all }: Recording, one: Left): void {
  if (all.size < MOST_LEFT) all.set(`${one.operationId} ${one.pointer} ${one.reason}`, one)
}

/** @param veil what hides secrets; null where they are to be seen */
function show(system: System, world: World, recorded: Recording, veil: Veil | null) {
  const shown = [...recorded.put].flatMap(([collection, seen]) => [...seen.values()].map((one) => ({ ...one, collection, record: veil === null ? { ...one.record } : veiled(system, collection, one.record, veil) })))
  const fitting = shown.filter(({ collection, record: found, operationId, pointer }) => {
    const misfit = misfitOf(system, collection, found)
    if (misfit !== null) left(recorded, { operationId, pointer, reason: `it is no record of ${collection} any more once its secrets are replaced: ${misfit}` })
    return misfit === null
  })
  const { standing, fallen } = sift(system, world, fitting)
  for (const { one: { operationId, pointer }, reason } of fallen) left(recorded, { operationId, pointer, reason })
  const records: Record<string, Record<string, unknown>[]> = {}
  for (const { collection, record: found } of standing) (records[collection] ??= []).push(found)
  const description = { en: 'Recorded from a real backend.', zh: '从真实后端记录。' }
  return { system: system.id, scenario: { description, put: records }, left: [...recorded.left.values()].map((one) => (veil === null ? one : { ...one, pointer: veil.text(one.pointer), reason: veil.text(one.reason) })) }
}

function secretsOf(entries: readonly JournalEntry[]): SecretTexts {
  const found = new SecretTexts()
  for (const entry of entries) secretsIn(exchangeOf(entry), found)
  return found
}

/** @returns what hides secrets, and replaces each phone number by one that is made up, the same for the same */
function scenarioVeil(known: readonly Pick<SecretTexts, 'hide'>[]): Veil {
  const numbers = new Map<string, string>()
  const madeUp = (phone: string) => {
    const other = numbers.get(phone) ?? `1990000${String(numbers.size + 1).padStart(4, '0')}`
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
