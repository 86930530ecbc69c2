/** Which sources a program is made of. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'

/** Leaves nothing behind when types are taken out. */
const OF_TYPES = /^(?:import|export) type [^'"]*from .*$/gm

/** @returns the file, and those it imports by path, and so on; absolute paths */
export function filesOf(file: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8').replaceAll(OF_TYPES, ''))
  for (const { fileName } of importedFiles) if (fileName.startsWith('.')) filesOf(join(dirname(file), fileName.replace(/\.js$/, '.ts')), found)
  return found
}
