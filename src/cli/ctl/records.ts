/** `understudy ctl records` */
import { type Command, InvalidArgumentError } from 'commander'
import type { Box } from '../../client/box.js'
import type { CollectionName, SystemId } from '../../client/contracts.js'
import type { RecordQuery } from '../../client/db.js'
import { list, move } from './move.js'

interface RecordFlags {
  readonly search?: string
  readonly where: RecordQuery
  readonly page: number
  readonly limit: number
}

const USUAL_LIMIT = 20

/** Adds the command. */
export function addRecords(ctl: Command): void {
  ctl
    .command('records')
    .description('show the collections of a system, or the records of one')
    .argument('<system>', 'the system')
    .argument('[collection]', 'the collection')
    .option('--search <text>', 'only records that have this text in any field')
    .option('--where <field=value>', 'only records where it is so; field_like, _gte, _lte and _ne compare otherwise; may be given several times', addCondition, {})
    .option('--page <number>', 'which page', readCount, 1)
    .option('--limit <number>', 'how many records a page has', readCount, USUAL_LIMIT)
    .action((system: string, collection: string | undefined, flags: RecordFlags, command: Command) =>
      collection === undefined ? showCollections(command, system) : showRecords(command, system, collection, flags),
    )
}

function showCollections(command: Command, system: string): Promise<void> {
  return move(
    command,
    (box) => dbOf(box, system).collections(),
    (collections) => list(['COLLECTION', 'KEY', 'RECORDS'], collections.map(({ name, key, count }) => [name, key, count]), 'no collections'),
  )
}

function showRecords(command: Command, system: string, collection: string, { search, where, page, limit }: RecordFlags): Promise<void> {
  const name = collection as CollectionName<SystemId> // the stub says which there are
  return move(
    command,
    (box) => dbOf(box, system).page(name, { number: page, size: limit }, { ...where, ...(search === undefined ? {} : { q: search }) }),
    ({ records, total }) => [...records.map((record) => JSON.stringify(record)), `${String(records.length)} of ${String(total)}`].join('\n'),
  )
}

function dbOf(box: Box, system: string) {
  return box.db(system as SystemId) // the stub says which there are
}

function addCondition(text: string, before: RecordQuery): RecordQuery {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('It is given as field=value.')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 1.')
  return Number(text)
}
