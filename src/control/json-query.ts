/** json-server's query dialect over the records of a collection: filters, full text, sorting, paging. */
import { didYouMean } from '../core/guess.js'
import { searchOf } from '../plain/url.js'
import type { ReplyHeaders } from '../core/reply.js'
import type { Pace } from '../core/slices.js'
import type { Call } from '../core/stage/call.js'
import type { Page, Window } from '../core/store/types.js'
import { listOf, quote, refusal } from '../core/surface/refusal.js'
import { isObject, MOST_DEPTH } from '../plain/json.js'
import { likeTest, LONGEST_LOOKED_FOR } from './glob.js'
import { COMPARED, type QueryResult, runQuery } from './json-server.js'
import { isPagingAlone, type Paging, pagingHeaders, pagingOf, type RecordQuery } from './paging.js'

/** Parameters that ask for one thing at a time; of several the last counts. */
const SINGLE = ['q', '_sort', '_order', '_start', '_end', '_page', '_limit']
/** What pages add to a URL for reasons of their own. */
const IGNORED = ['callback', '_']
/** Parameters of json-server that mean nothing over a single collection, or are done by fault rules here. */
const REFUSED: Readonly<Record<string, string>> = {
  _embed: 'read the other collection by itself',
  _expand: 'read the other collection by itself',
  _delay: 'add a fault rule of the kind latency',
}
const LIKE = '_like'
/** Every condition is held against every record, and so is every field that they are sorted by. */
const MOST_CONDITIONS = 50
const LONGEST_FIELD = 1000
/** So many names a refusal says. */
const MOST_NAMES = 200

/** What is asked about. */
export interface Queried {
  readonly pace: Pace
  readonly collection: string
  /** The field that is the key. */
  readonly key: string
  /** The fields that its records can have. */
  readonly fields: Iterable<string>
  /** Reads a part of the collection. */
  readonly part: (window: Window) => Promise<Page<object>>
  /** @returns the record whose key is written so, or none */
  readonly withKey: (key: string) => Promise<readonly object[]>
  /** @returns about how many there are */
  readonly count: () => Promise<number>
  /** Reads all of it. */
  readonly all: () => Promise<readonly object[]>
}

/**
 * Answers the query of the call, in json-server's dialect; of a large collection it reads no more than it has to. json-server itself is asked
 * to compare and to sort. A part, a text and a key are found here: it would look at all records for each. Of many queries that look at very
 * many records one goes on after another.
 * @returns the records that the query asks for, and the headers `X-Total-Count` and `Link` of a page
 * @throws Refusal when the query cannot be understood, or asks for too much
 */
export async function queryRecords(queried: Queried, { url, headers: { host } }: Pick<Call, 'url' | 'headers'>): Promise<{ readonly found: readonly object[]; readonly headers: ReplyHeaders }> {
  const search = new URLSearchParams(searchOf(url))
  // Says which records there are, not which of them are wanted.
  search.delete('at')
  if (search.size > MOST_CONDITIONS) throw invalid(`A query has ${String(MOST_CONDITIONS)} conditions at the most, and this one ${String(search.size)}. Read more and choose among what comes.`)
  const { q, ...query } = readQuery(search)
  const sorted = String(query['_sort'] ?? '').split(',')
  if (sorted.length > MOST_CONDITIONS) throw invalid(`Records are sorted by ${String(MOST_CONDITIONS)} fields at the most, and not by ${String(sorted.length)}.`)
  sorted.forEach(stepsOf)
  const paging = pagingOf(query)
  const answer = ({ found, total }: QueryResult) => ({ found, headers: total === null ? {} : pagingHeaders(paging, total, new URL(url, `http://${host ?? 'localhost'}`)) })
  const likeNames = [...new Set(search.keys())].filter((name) => name.endsWith(LIKE))
  const text = String(q ?? '').toLowerCase()
  const isAllWanted = text === '' && likeNames.length === 0
  if (isAllWanted && paging !== null && isPagingAlone(query)) {
    const { items, total } = await queried.part(paging)
    return answer({ found: items, total })
  }
  const { [queried.key]: key, ...others } = query
  const isKeyAlone = typeof key === 'string' && isPagingAlone(others) && likeNames.length === 0
  const left = isKeyAlone ? others : query
  const look = async (records: readonly object[]): Promise<QueryResult> => {
    for (const name of [...Object.keys(left), ...likeNames]) await queried.pace.inSlices(checkField(name, queried, records))
    const likes = likeNames.map((name) => likeFilter(name, search.getAll(name)))
    const fitting = isAllWanted ? records : await queried.pace.inSlices(chosen(records, (record) => likes.every((fits) => fits(record)) && (text === '' || hasText(record, text))))
    return askFor(queried.pace, records, fitting, left, paging)
  }
  if (isKeyAlone) return answer(await look(await queried.withKey(key)))
  return answer(await queried.pace.inTurn(await queried.count(), async () => look(await queried.all())))
}

/** @returns what json-server finds of the records, and the part of it that was asked for */
async function askFor(pace: Pace, collection: readonly object[], records: readonly object[], query: RecordQuery, paging: Paging | null): Promise<QueryResult> {
  if (Object.keys(query).length === 0) return { found: records, total: null }
  if (paging === null || !isPagingAlone(query)) return runQuery(pace, collection, records, query, paging)
  return { found: records.slice(paging.offset, paging.offset + paging.limit), total: records.length }
}

function* chosen(records: readonly object[], fits: (record: object) => boolean): Generator<void, readonly object[]> {
  const found: object[] = []
  for (const record of records) {
    if (fits(record)) found.push(record)
    yield
  }
  return found
}

/** @returns whether the text, in small letters, stands anywhere in the value; as json-server has it, nothing, false and 0 are no texts */
function hasText(value: unknown, text: string): boolean {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) if (hasText(part, text)) return true
    return false
  }
  if (typeof value === 'string') return value.toLowerCase().includes(text)
  return Boolean(value) && String(value).includes(text)
}

/** All but `_like`: json-server would make regular expressions of what it is given. */
function readQuery(search: URLSearchParams): RecordQuery {
  const query: RecordQuery = {}
  for (const name of new Set(search.keys())) {
    const instead = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined
    if (instead !== undefined) throw invalid(`${name} is not supported here: ${instead}.`)
    if (name.endsWith(LIKE) || IGNORED.includes(name)) continue
    const values = search.getAll(name)
    define(query, name, values.length === 1 || SINGLE.includes(name) ? (values.at(-1) ?? '') : values)
  }
  return query
}

/** A name such as `__proto__` is a field like any other. */
function define(query: RecordQuery, name: string, value: string | string[]): void {
  Object.defineProperty(query, name, { value, writable: true, enumerable: true, configurable: true })
}

/** json-server leaves out what it does not know, and finds all records. */
function* checkField(name: string, { collection, fields }: Queried, records: readonly object[]): Generator<void, void> {
  if (SINGLE.includes(name)) return
  const [field = '', ...inside] = stepsOf(name.replace(COMPARED, ''))
  const known = [...fields]
  if (!known.includes(field) && !(yield* hasAny(records, field))) throw noField(collection, field, known)
  if (inside.length === 0) return
  let around: readonly object[] = yield* objectsAt(records, field)
  for (const [i, step] of inside.entries()) {
    // Where nothing is inside yet, nothing tells what could be.
    if (around.length === 0) return
    if (!(yield* hasAny(around, step))) throw noField(`${collection}.${[field, ...inside.slice(0, i)].join('.')}`, step, yield* namesIn(around))
    around = yield* objectsAt(around, step)
  }
}

function* hasAny(objects: readonly object[], name: string): Generator<void, boolean> {
  for (const object of objects) {
    if (Object.hasOwn(object, name)) return true
    yield
  }
  return false
}

/** @returns the objects and lists that stand there */
function* objectsAt(around: readonly object[], name: string): Generator<void, readonly object[]> {
  const found: object[] = []
  for (const one of around) {
    const value = valueAt(one, [name])
    if (typeof value === 'object' && value !== null) found.push(value)
    yield
  }
  return found
}

function* namesIn(objects: readonly object[]): Generator<void, readonly string[]> {
  const names = new Set<string>()
  for (const object of objects) {
    if (!Array.isArray(object)) for (const name of Object.keys(object)) names.add(name)
    if (names.size >= MOST_NAMES) break
    yield
  }
  return [...names].slice(0, MOST_NAMES)
}

/** @throws Refusal where it leads deeper than any record does, or is long: every step is taken in every record, and json-server reads it with an expression that goes back */
function stepsOf(field: string): readonly string[] {
  const steps = field.split('.')
  if (steps.length > MOST_DEPTH) throw invalid(`${quote(field)} leads ${String(steps.length)} levels deep, and no record has more than ${String(MOST_DEPTH)}.`)
  if (field.length > LONGEST_FIELD) throw invalid(`${quote(field)} has ${String(field.length)} characters, and a field with the way to it ${String(LONGEST_FIELD)} at the most.`)
  return steps
}

function noField(where: string, field: string, known: readonly string[]) {
  return refusal(400, 'invalid-request', `Records of ${where} have no field ${quote(field)}. They have ${listOf(known)}.${didYouMean(field, known)}`, { known })
}

function likeFilter(name: string, values: readonly string[]): (record: object) => boolean {
  const tests = values.map((value) => {
    if (value.length > LONGEST_LOOKED_FOR) throw invalid(`${name} looks for a text of ${String(LONGEST_LOOKED_FOR)} characters at the most, and this one has ${String(value.length)}.`)
    return likeTest(value)
  })
  const steps = stepsOf(name.slice(0, -LIKE.length))
  return (record) => {
    const text = textAt(record, steps)
    return text !== null && tests.some((fits) => fits(text))
  }
}

function valueAt(record: object, steps: readonly string[]): unknown {
  let value: unknown = record
  for (const step of steps) value = (isObject(value) || Array.isArray(value)) && Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined
  return value
}

function textAt(record: object, steps: readonly string[]): string | null {
  const value = valueAt(record, steps)
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function invalid(detail: string) {
  return refusal(400, 'invalid-request', detail)
}
