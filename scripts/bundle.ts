/** What an app that imports one entry of this package ships to a browser: its modules and its size. */
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

const ROOT = join(import.meta.dirname, '..')

/** One bundled entry. */
export interface Bundle {
  readonly code: string
  /** Bytes of the minified code, and of that in gzip. */
  readonly minified: number
  readonly gzip: number
  /** Every module that is imported, even if nothing of it is left in the end; by path from the package's root. */
  readonly modules: readonly string[]
  /** What it still imports from outside: nothing, if it runs in a browser. */
  readonly imports: readonly string[]
}

/**
 * Bundles source code as an app's bundler does, for browsers, with everything it imports.
 * @param code a module; it imports by path from the package's root (`./src/errors/index.ts`); entries of the package are taken from source
 * @throws Error when something it imports is not there
 */
export async function bundle(code: string): Promise<Bundle> {
  const modules: string[] = []
  const build = await rolldown({
    cwd: ROOT,
    input: 'app',
    platform: 'browser',
    // A module of Node.js is no part of a browser: it stays an import, to be seen below.
    external: [/^node:/],
    plugins: [{
      name: 'app',
      resolveId(id) {
        if (id === 'app') return join(ROOT, 'app.js')
        const [, entry] = /^understudy\/(errors|contract\/\w+)$/.exec(id) ?? []
        return entry === undefined ? null : join(ROOT, 'src', entry === 'errors' ? 'errors/index.ts' : `${entry}.ts`)
      },
      load: (id) => (id === join(ROOT, 'app.js') ? code : null),
      moduleParsed: ({ id }) => {
        if (id !== join(ROOT, 'app.js')) modules.push(id.slice(ROOT.length + 1))
      },
    }],
  })
  try {
    const { output: [chunk] } = await build.generate({ format: 'esm', minify: true })
    return {
      code: chunk.code,
      minified: Buffer.byteLength(chunk.code),
      gzip: gzipSync(chunk.code).length,
      modules: modules.sort(),
      imports: [...chunk.imports, ...chunk.dynamicImports],
    }
  } finally {
    await build.close()
  }
}
