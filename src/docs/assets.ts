/** The files that the pages load: their own, the console's look, and Swagger UI; the build puts them all beside each other. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import type { RawBody } from '../core/reply.js'
import { consoleSourceFolder, docsAssetsFolder } from '../paths.js'

const own = ['early.js', 'header.js', 'page.js', 'page-parts.js', 'login.js', 'sandboxes.js', 'swagger.js', 'words.js', 'docs.css']
const swagger = ['swagger-ui-bundle.js', 'swagger-ui.css']
/** Of the console, by where they lie in its sources. */
const shared: Readonly<Record<string, string>> = { '1-base.css': 'styles', '2-page.css': 'styles', 'icon.svg': '' }

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * @param asset the name of the file
 * @returns its bytes and media type; null when there is no such asset
 * @throws Error when Swagger UI is not installed
 */
export async function readAsset(asset: string): Promise<RawBody | null> {
  const folder = folderOf(asset)
  if (folder === null) return null
  return { mediaType: MEDIA_TYPES[extname(asset)] ?? 'application/octet-stream', bytes: await readFile(join(folder, asset)) }
}

function folderOf(asset: string): string | null {
  const inConsole = Object.hasOwn(shared, asset) ? shared[asset] : undefined
  if (!own.includes(asset) && !swagger.includes(asset) && inConsole === undefined) return null
  if (existsSync(join(docsAssetsFolder, asset))) return docsAssetsFolder
  // Not built: the sources run, and what they need is installed.
  return inConsole === undefined ? dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')) : join(consoleSourceFolder, inConsole)
}
