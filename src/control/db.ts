/**
 * The records of a sandbox over REST, in json-server's dialect. Every read and write is a transaction of the store, so indexes
 * stay true; every write is held to the schema of its collection; and a deletion deletes one record.
 */
import { isObject } from '../plain/json.js'
import type { RecordField } from '../core/contract.js'
import { fileOf, takeFile } from '../core/files.js'
import type { Sandbox } from '../core/sandbox.js'
import { type Doc, type Key, StoreError } from '../core/store/types.js'
import { WithHeaders } from '../core/surface/api.js'
import { listOf, quote, refusal } from '../core/surface/refusal.js'
import type { System } from '../core/system.js'
import { type AnyTransaction, openSandbox, systemOf, transact } from './access.js'
import { queryRecords } from './json-query.js'
import { looking } from './past.js'
import { misfitOf } from '../core/records.js'
import type { ControlParts, ControlHandlers } from './task.js'

export const db: ControlHandlers<'listCollections' | 'listRecords' | 'createRecord' | 'getRecord' | 'replaceRecord' | 'updateRecord' | 'deleteRecord'> = {
  listCollections: async ({ input, parts }) => {
    const system = systemOf(parts, input.system)
    return looking(parts, input, (turn) => transact(turn, system, async (tx) => {
      const collections = Object.entries(system.state).map(async ([name, { key, unique = [] }]) => {
        const fields = Object.entries(system.contract.collections[name]?.fields ?? {}).map(([field, row]) => [field, showField(row)] as const)
        return { name, key, unique: unique.map((names) => [...names]), ...(await tx.measure(name)), fields: Object.fromEntries(fields) }
      })
      return { collections: await Promise.all(collections) }
    }))
  },

  listRecords: async ({ input, parts, call }) => {
    const place = findCollection(parts, input)
    const { system, collection, key } = place
    const fields = Object.keys(system.contract.collections[collection]?.fields ?? {})
    const read = <T>(work: (tx: AnyTransaction) => Promise<T>) => looking(parts, input, (turn) => transact(turn, system, work))
    const { found, headers } = await queryRecords({
      pace: parts.sandboxes.pace, collection, key, fields,
      part: (window) => read((tx) => tx.part(collection, window)),
      withKey: (wanted) => read(async (tx) => {
        const record = await seek(tx, place, wanted)
        return record !== undefined && String(record[key]) === wanted ? [record] : []
      }),
      // About as many as there were at another time, which takes longer to build than to look through.
      count: () => looking(parts, { sandbox: input.sandbox }, (turn) => transact(turn, system, async (tx) => (await tx.measure(collection)).count)),
      all: () => read((tx) => tx.list(collection)),
    }, call)
    return new WithHeaders(found.filter(isObject), headers)
  },

  createRecord: async ({ input, parts, body }) => {
    const place = openCollection(parts, input, openSandbox(parts, input.sandbox))
    const record = await write(place, async (tx) => tx.insert(place.collection, await checked(tx, place, { ...(await nextKey(tx, place, body)), ...body })))
    const base = `/__admin/sandboxes/${place.sandbox.name}/db/${place.system.id}/${place.collection}`
    return new WithHeaders(record, { location: `${base}/${encodeURIComponent(String(record[place.key]))}` })
  },

  getRecord: async ({ input, parts }) => {
    const place = findCollection(parts, input)
    return looking(parts, input, (turn) => transact(turn, place.system, (tx) => find(tx, place, input.key)))
  },

  replaceRecord: async ({ input, parts, body }) => {
    const place = openCollection(parts, input, openSandbox(parts, input.sandbox))
    return write(place, async (tx) => put(tx, place, await find(tx, place, input.key), {}, body))
  },

  updateRecord: async ({ input, parts, body }) => {
    const place = openCollection(parts, input, openSandbox(parts, input.sandbox))
    return write(place, async (tx) => {
      const before = await find(tx, place, input.key)
      return put(tx, place, before, before, body)
    })
  },

  deleteRecord: async ({ input, parts }) => {
    const place = openCollection(parts, input, openSandbox(parts, input.sandbox))
    return write(place, async (tx) => {
      await tx.delete(place.collection, keyOf(place, await find(tx, place, input.key)))
      return {}
    })
  },
}

function showField({ types, choices, reference }: RecordField) {
  return { types: [...types], ...(choices === undefined ? {} : { choices: [...choices] }), ...(reference === undefined ? {} : { reference }) }
}

interface Shelf {
  readonly system: System
  readonly collection: string
  /** The field that is the key. */
  readonly key: string
}

interface Place extends Shelf {
  readonly sandbox: Sandbox
}

function openCollection(parts: ControlParts, input: { system: string; collection: string }, sandbox: Sandbox): Place {
  return { sandbox, ...findCollection(parts, input) }
}

function findCollection(parts: ControlParts, { system: id, collection }: { system: string; collection: string }): Shelf {
  const system = systemOf(parts, id)
  const definition = Object.hasOwn(system.state, collection) ? system.state[collection] : undefined
  if (definition === undefined) {
    const known = Object.keys(system.state)
    throw refusal(404, 'no-such-collection', `${id} has no collection ${quote(collection)}. It has ${listOf(known)}.`, { known })
  }
  return { system, collection, key: definition.key }
}

/** A key in a URL is a text; that of a record may be a number. */
async function seek(tx: AnyTransaction, { collection }: Shelf, key: string): Promise<Doc | undefined> {
  return (await tx.get(collection, key)) ?? (/^-?\d{1,15}$/.test(key) ? tx.get(collection, Number(key)) : undefined)
}

async function find(tx: AnyTransaction, shelf: Shelf, key: string): Promise<Doc> {
  const { collection, system } = shelf
  const record = await seek(tx, shelf, key)
  if (record !== undefined) return record
  throw refusal(404, 'no-such-record', `${system.id}/${collection} has no record ${quote(key)}.`)
}

async function put(tx: AnyTransaction, place: Place, before: Doc, base: Doc, body: Doc): Promise<Doc> {
  const { collection, key } = place
  if (Object.hasOwn(body, key) && body[key] !== before[key]) {
    throw refusal(422, 'record-misfit', `The ${key} of a record is its key and stays ${JSON.stringify(before[key])}. Create a new record and delete this one.`)
  }
  return tx.put(collection, await checked(tx, place, { ...base, ...body, [key]: before[key] }))
}

/** @returns the key of a record that has none yet: one more than the largest, where keys are numbers */
async function nextKey(tx: AnyTransaction, { collection, key }: Place, body: Doc): Promise<Doc> {
  if (Object.hasOwn(body, key)) return {}
  let largest = 0
  for (const record of await tx.list(collection)) {
    const value = record[key]
    if (typeof value !== 'number') throw refusal(422, 'record-misfit', `Give the record its ${key}: keys of ${collection} are texts, which are not counted on.`)
    largest = Math.max(largest, value)
  }
  return { [key]: largest + 1 }
}

/** @returns the record as it is kept: a file that it brings along as base64 is kept apart, and named */
async function checked(tx: AnyTransaction, { system, collection }: Place, body: Doc): Promise<Doc> {
  const definition = system.state[collection]
  const doc = takeFile(definition, body, (bytes) => tx.addFile(bytes))
  const fault = misfitOf(system, collection, doc)
  if (fault !== null || !isObject(doc)) throw refusal(422, 'record-misfit', `The record breaks the schema of ${system.id}/${collection}: ${String(fault)}.`)
  const hash = fileOf(definition, doc)
  if (hash === undefined) return doc
  const file = await tx.file(hash)
  if (file === undefined) throw refusal(422, 'record-misfit', `No file with the hash ${quote(hash)} is kept in this sandbox. Give its content as base64 in "bytes", and leave "hash" and "size" out.`)
  return { ...doc, size: file.length }
}

async function write<T>({ sandbox, system }: Place, work: (tx: AnyTransaction) => Promise<T>): Promise<T> {
  try {
    return await transact(sandbox, system, work)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    throw refusal(409, 'record-conflict', `${error.message}. Choose another value, or change the record that has it.`)
  }
}

function keyOf({ key }: Place, record: Doc): Key {
  const value = record[key]
  return typeof value === 'number' ? value : String(value)
}
