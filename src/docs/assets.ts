/** The files that the pages load: this package's own, and Swagger UI out of its installed package. */
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { docsAssetsFolder } from '../paths.js'

const own = ['page.js', 'page-parts.js', 'login.js', 'sandboxes.js', 'swagger.js', 'docs.css', 'icon.svg']
const foreign = ['swagger-ui-bundle.js', 'swagger-ui.css']

/**
 * @returns the folder in which the asset lies; null when there is no such asset
 * @throws Error when Swagger UI is not installed
 */
export function folderOf(asset: string): string | null {
  if (own.includes(asset)) return docsAssetsFolder
  // Only looked for when it is asked for: a server whose documentation nobody reads does without it.
  if (foreign.includes(asset)) return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  return null
}
