/** Records that fit no more after an edit: listed, and kept in a file, so that nobody loses them without being told. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { legible, legibleJson } from '../../plain/legible.js'
import type { PutAside } from '../../core/refit.js'
import { printAside } from '../output.js'

/** So many are listed on the screen; the file has all. */
const MOST_LISTED = 10
/** So many files are tried for a free name. */
const MOST_FILES = 100_000

/**
 * Says which records were put aside, and writes them down.
 * @param data the folder that keeps the sandboxes; `.understudy` where none does
 * @throws Error when the file cannot be written
 */
export async function keepAside(aside: readonly PutAside[], data = '.understudy'): Promise<void> {
  if (aside.length === 0) return
  const file = await writeNew(join(data, 'aside'), `${JSON.stringify(aside, null, 2)}\n`)
  const listed = aside.slice(0, MOST_LISTED).map(({ sandbox, system, collection, why, record }) => `  ${sandbox}: ${system}/${collection} ${legibleJson(nameOf(record))}: ${legible(why)}\n`)
  const more = aside.length > MOST_LISTED ? `  and ${String(aside.length - MOST_LISTED)} more\n` : ''
  printAside(`${String(aside.length)} records do not fit any more and were put aside in ${relative(process.cwd(), file)}:\n${listed.join('')}${more}`)
}

function nameOf(record: PutAside['record']): unknown {
  return record['id'] ?? Object.values(record)[0] ?? null
}

async function writeNew(folder: string, text: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (let number = 1; number < MOST_FILES; number++) {
    const file = join(folder, `${String(number)}.json`)
    const isNew = await writeFile(file, text, { flag: 'wx' }).then(() => true, (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
      throw error
    })
    if (isNew) return file
  }
  throw new Error(`${folder} is full`)
}
