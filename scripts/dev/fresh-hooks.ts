/**
 * Node.js keeps every module that it has loaded, by its URL. The modules of a system get the newest change of its files as a part of theirs, so
 * that they are others after an edit; those of the core stay the same for all.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import type { ResolveHook } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = new URL('../../src/', import.meta.url).href
/** The folders with one folder per system. */
const ROOMS = ['systems', 'generated']

export const resolve: ResolveHook = async (specifier, context, next) => {
  const found = await next(specifier, context)
  const [room = '', system = '', file] = found.url.startsWith(source) ? found.url.slice(source.length).split('/') : []
  if (file === undefined || !ROOMS.includes(room)) return found
  const folders = ROOMS.map((one) => fileURLToPath(new URL(`${one}/${system}/`, source)))
  if (!folders.every((folder) => existsSync(folder))) return found
  const url = new URL(found.url)
  url.searchParams.set('edit', String(Math.max(...folders.map(newestIn))))
  return { ...found, url: url.href }
}

/** @returns when a file of the folder was last changed */
function newestIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return Math.max(0, ...files.map((file) => statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0))
}
