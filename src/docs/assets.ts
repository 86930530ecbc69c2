/** The files that the pages load: this package's own, and Swagger UI, which the build puts beside them. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import type { RawBody } from '../core/reply.js'
import { docsAssetsFolder } from '../paths.js'

const own = ['page.js', 'page-parts.js', 'login.js', 'sandboxes.js', 'swagger.js', 'docs.css', 'icon.svg']
const foreign = ['swagger-ui-bundle.js', 'swagger-ui.css']

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
  if (own.includes(asset)) return docsAssetsFolder
  if (!foreign.includes(asset)) return null
  if (existsSync(join(docsAssetsFolder, asset))) return docsAssetsFolder
  // Not built: the sources run, and what they need is installed.
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
}
