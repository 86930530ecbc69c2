/** What is hidden of a call beside its secrets. */
import type { JournalEntry } from '../core/journal.js'
import { maskPhones } from '../core/secrets.js'

/** Phone numbers of a world that is made up are for everybody to see. Where a real backend has its part, they may be somebody's. */
export function veilOf({ via }: { readonly via?: JournalEntry['via'] | undefined }, secrets: boolean): (text: string) => string {
  return via === undefined || secrets ? (text) => text : maskPhones
}
