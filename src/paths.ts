/** Where the package's own files lie. This file sits one folder below the package's root, in `src` as in `dist`. */
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)

/** The folder with one folder of fixtures per system. */
export const fixturesFolder = fileURLToPath(new URL('fixtures', root))
/** The folder with the contract documents; the bundled ones are in `bundled`. */
export const openapiFolder = fileURLToPath(new URL('openapi', root))
/** What the reference pages load in the browser; the build copies it beside the code. */
export const docsAssetsFolder = fileURLToPath(new URL('docs/assets', import.meta.url))
/** What the start page loads in the browser; the build copies it as well. */
export const startAssetsFolder = fileURLToPath(new URL('pages/assets', import.meta.url))
/** The package's own description. */
export const packageFile = fileURLToPath(new URL('package.json', root))
/** The console as a browser loads it, which is always a thing that was built. */
export const consoleFolder = fileURLToPath(new URL('dist/console', root))
/** Its sources, which lend the reference pages their look; only there where the sources are. */
export const consoleSourceFolder = fileURLToPath(new URL('console', import.meta.url))
