/** Copies of this repository, for those who change it and build or check what comes of that. */
import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a system is generated and the package is built from. */
const SOURCES = ['src', 'scripts', 'openapi', 'fixtures', 'package.json', 'tsconfig.json', 'tsconfig.browser.json', 'tsdown.config.ts', 'redocly.yaml']

/** What its tests and its type check want beside that. */
export const TESTS = ['test', 'bench', 'vitest.config.ts', 'LICENSE']

/**
 * @param folder that the copy is made in; it uses the dependencies that are installed here
 * @param more what it is to have beside the sources
 */
export function copyRepository(folder: string, more: readonly string[] = []): void {
  for (const name of [...SOURCES, ...more]) cpSync(join(root, name), join(folder, name), { recursive: true, filter: (from) => !from.endsWith('.peers') })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
}
