/** A sandbox whole: what it keeps, and the bytes of its files. */
import type { Files } from './files.js'
import type { SandboxContent } from './sandbox-state.js'
import type { Turn } from './turn.js'

/** All that a sandbox keeps but for its journal, with the bytes of its files. */
export interface WholeContent {
  readonly content: SandboxContent
  readonly files: Files
}

/** @returns all that is kept in this turn, but for the journal */
export async function wholeOf(turn: Turn): Promise<WholeContent> {
  const content = turn.content()
  return { content, files: await turn.files(content) }
}

/** With more records and commits than this, work goes in slices. */
const LARGE = 2000

/** @returns whether it takes so long to go through all of it that others have to be answered in between */
export function isLarge({ stores }: SandboxContent, commits = 0): boolean {
  let count = commits
  for (const store of Object.values(stores)) for (const { put, deleted } of Object.values(store)) count += put.length + deleted.length
  return count > LARGE
}
