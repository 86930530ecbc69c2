/** The files that the pages load: this package's own, and Swagger UI, which the build puts beside them. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { docsAssetsFolder } from '../paths.js'

const own = ['page.js', 'page-parts.js', 'login.js', 'sandboxes.js', 'swagger.js', 'docs.css', 'icon.svg']
const foreign = ['swagger-ui-bundle.js', 'swagger-ui.css']

/**
 * @returns the folder in which the asset lies; null when there is no such asset
 * @throws Error when Swagger UI is not installed
 */
export function folderOf(asset: string): string | null {
  if (own.includes(asset)) return docsAssetsFolder
  if (!foreign.includes(asset)) return null
  if (existsSync(join(docsAssetsFolder, asset))) return docsAssetsFolder
  // Not built: the sources run, and what they need is installed.
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
}
