/** Entries of the journal, as they stand in the stream. */
import type { EntryEvent, EntryHead, JournalEntry } from '../../journal.js'
import { fieldOf, type Item } from './reply.js'

/** @returns what the entry is chosen by */
export function headFrom(item: Item): EntryHead {
  const [, id] = item.place
  return { id, ...(JSON.parse(fieldOf(item, 'h')) as Omit<EntryHead, 'id' | 'requests'>), requests: Number(fieldOf(item, 'r')) } // written by `append`
}

/** @returns all of it */
export function entryFrom(item: Item): JournalEntry {
  return { ...headFrom(item), ...(JSON.parse(fieldOf(item, 'e')) as Omit<JournalEntry, keyof EntryHead>) } // likewise
}

/** @returns what tells of the entry */
export function newsFrom(item: Item): EntryEvent {
  const entry = entryFrom(item)
  return { type: 'entry', head: entry, entry }
}
