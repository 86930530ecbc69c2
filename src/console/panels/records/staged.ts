/** Edits that are not saved yet: by key, the fields that differ; records to be deleted, and new ones. */
import { signal } from '@preact/signals'
import { messageOf } from '../../../plain/message.js'
import { ask, control, here } from '../../api.js'
import type { Doc } from './fields.js'

export interface Staged {
  readonly changed: ReadonlyMap<string, Doc>
  readonly deleted: ReadonlySet<string>
  readonly added: readonly Doc[]
}

export const NOTHING: Staged = { changed: new Map(), deleted: new Set(), added: [] }

/** What is staged by sandbox, system and collection. It stays while the reader is elsewhere on the page. */
const drafts = signal<ReadonlyMap<string, Staged>>(new Map())

/** @returns what is staged in a collection of the sandbox that the reader is in */
export function draftOf(system: string, collection: string): Staged {
  return drafts.value.get(nameOf(system, collection)) ?? NOTHING
}

/** Keeps what is staged, until it is saved or discarded. */
export function keepDraft(system: string, collection: string, draft: Staged): void {
  const all = new Map(drafts.value)
  if (sizeOf(draft) === 0) all.delete(nameOf(system, collection))
  else all.set(nameOf(system, collection), draft)
  drafts.value = all
}

function nameOf(system: string, collection: string): string {
  return `${here.value.sandbox}/${system}/${collection}`
}

/** @returns how many records the edits are about */
export function sizeOf({ changed, deleted, added }: Staged): number {
  return changed.size + deleted.size + added.length
}

/** What became of saving: what is still staged, and why. */
export interface Saved {
  readonly left: Staged
  readonly complaints: ReadonlyMap<string, string>
}

/**
 * Saves one record after the other. What the stub refuses stays staged, with its reason under the record's key (`+0` for the first new one).
 */
export async function save({ changed, deleted, added }: Staged, system: string, collection: string): Promise<Saved> {
  const path = { ...here.value, system, collection }
  const left = { changed: new Map(changed), deleted: new Set(deleted), added: [] as Doc[] }
  const complaints = new Map<string, string>()
  const attempt = async (key: string, call: Promise<unknown>, done: () => void) => {
    try {
      await call
      done()
    } catch (error) {
      complaints.set(key, messageOf(error))
    }
  }
  // Deleted first, so that a unique value is free for who takes it.
  for (const key of deleted) await attempt(key, ask(control.value.DELETE('/sandboxes/{sandbox}/db/{system}/{collection}/{key}', { params: { path: { ...path, key } } })), () => left.deleted.delete(key))
  for (const [key, body] of changed) await attempt(key, ask(control.value.PATCH('/sandboxes/{sandbox}/db/{system}/{collection}/{key}', { params: { path: { ...path, key } }, body })), () => left.changed.delete(key))
  for (const body of added) {
    const key = `+${String(left.added.length)}`
    left.added.push(body)
    await attempt(key, ask(control.value.POST('/sandboxes/{sandbox}/db/{system}/{collection}', { params: { path }, body })), () => left.added.pop())
  }
  return { left, complaints }
}
