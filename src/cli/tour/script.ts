/** The script of a tour: what is called, one step after the other, and what each step shows. `fixtures/<system>/tour.json` holds one. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fixturesFolder } from '../../paths.js'
import type { Bilingual } from '../../plain/bilingual.js'
import type { Json } from '../../plain/json.js'

/** A header's value: a text, or a text that is sent in Base64. `{name}` in it stands for what an earlier step kept under that name. */
export type HeaderText = string | { readonly base64: string }

export interface TourRequest {
  readonly method: string
  /** Below the system's base URL, or below the sandbox in the control plane. */
  readonly path: string
  readonly headers?: Readonly<Record<string, HeaderText>>
  readonly body?: Json
}

/** One step, with what it shows in both languages: a call as the app makes it, or a move on the control plane. */
export interface TourStep extends Bilingual {
  readonly call?: TourRequest
  readonly control?: TourRequest
  /** What is kept of the answer for later steps: name to JSON pointer. */
  readonly keep?: Readonly<Record<string, string>>
}

export interface TourScript {
  readonly system: string
  /** Headers of every call. */
  readonly headers: Readonly<Record<string, HeaderText>>
  readonly steps: readonly TourStep[]
}

/** @returns the script of the first of these systems that has one; null where none has */
export function scriptFor(systems: readonly string[]): TourScript | null {
  for (const system of systems) {
    const file = join(fixturesFolder, system, 'tour.json')
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as TourScript // a file of the package, which a test plays
  }
  return null
}
