/** Edits that are not saved yet: by key, the fields that differ; records to be deleted, and new ones. */
import { signal } from '@preact/signals'
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
  return draftUnder(nameOf(system, collection))
}

function draftUnder(name: string): Staged {
  return drafts.value.get(name) ?? NOTHING
}

/** Keeps what is staged, until it is saved or discarded. */
export function keepDraft(system: string, collection: string, draft: Staged): void {
  keepUnder(nameOf(system, collection), draft)
}

function keepUnder(name: string, draft: Staged): void {
  const all = new Map(drafts.value)
  if (sizeOf(draft) === 0) all.delete(name)
  else all.set(name, draft)
  drafts.value = all
}

function nameOf(system: string, collection: string): string {
  return `${here.value.sandbox}/${system}/${collection}`
}

/** @returns how many records the edits are about */
export function sizeOf({ changed, deleted, added }: Staged): number {
  return changed.size + deleted.size + added.length
}

/** What was thrown where edits were refused: by the key of the record, or by what a new one was to be. */
export type Complaints = ReadonlyMap<string | Doc, unknown>

/** Where saving is under way. */
const saving = new Set<string>()

/**
 * Saves one record after the other. What is saved is staged no longer; what the stub refuses stays, and so does what is staged meanwhile.
 * @returns how many were saved, and why others were not; null where saving is under way already
 */
export async function save(system: string, collection: string): Promise<{ readonly done: number; readonly complaints: Complaints } | null> {
  const name = nameOf(system, collection)
  if (saving.has(name)) return null
  saving.add(name)
  const { changed, deleted, added } = draftUnder(name)
  const path = { ...here.value, system, collection }
  const complaints = new Map<string | Doc, unknown>()
  let done = 0
  const attempt = async (what: string | Doc, call: Promise<unknown>, without: (draft: Staged) => Staged) => {
    try {
      await call
      done++
      keepUnder(name, without(draftUnder(name)))
    } catch (error) {
      complaints.set(what, error)
    }
  }
  // Deleted first, so that a unique value is free for who takes it.
  for (const key of deleted) await attempt(key, ask(control.value.DELETE('/sandboxes/{sandbox}/db/{system}/{collection}/{key}', { params: { path: { ...path, key } } })), (draft) => ({ ...draft, deleted: new Set([...draft.deleted].filter((other) => other !== key)) }))
  for (const [key, body] of changed) await attempt(key, ask(control.value.PATCH('/sandboxes/{sandbox}/db/{system}/{collection}/{key}', { params: { path: { ...path, key } }, body })), (draft) => ({ ...draft, changed: new Map([...draft.changed].filter(([, other]) => other !== body)) }))
  for (const body of added) await attempt(body, ask(control.value.POST('/sandboxes/{sandbox}/db/{system}/{collection}', { params: { path }, body })), (draft) => ({ ...draft, added: draft.added.filter((other) => other !== body) }))
  saving.delete(name)
  return { done, complaints }
}
