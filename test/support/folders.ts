/** Folders of a test file, which are gone when it has ended. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** @returns what makes a new folder each time; it is called once, at the top of a test file */
export function foldersOfTheFile(): () => string {
  const folders: string[] = []
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-test-'))
    folders.push(folder)
    return folder
  }
}
