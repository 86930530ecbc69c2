/** The package as `npm publish` would upload it, built beside the working tree: whoever runs from `dist` meanwhile is not disturbed. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** What of a package.json is looked at here. */
interface Manifest {
  readonly files: readonly string[]
}

/**
 * Builds and packs the package.
 * @param folder an empty folder to work in; the tarball lies there afterwards
 * @returns the tarball's path
 * @throws Error with the output of the build or of npm
 */
export function packInto(folder: string): string {
  const stage = join(folder, 'stage')
  mkdirSync(stage, { recursive: true })
  const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest // our own file
  for (const file of ['package.json', ...files].filter((name) => name !== 'dist' && existsSync(join(ROOT, name)))) {
    cpSync(join(ROOT, file), join(stage, file), { recursive: true })
  }
  run(process.execPath, [join(ROOT, 'node_modules/tsdown/dist/run.mjs'), '--out-dir', join(stage, 'dist'), '--logLevel', 'error'], ROOT)
  // What `prepack` does is done.
  const [tarball = ''] = run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], stage).trim().split('\n').slice(-1)
  rmSync(stage, { recursive: true })
  return join(folder, tarball)
}

/**
 * Runs a command to its end.
 * @returns what it printed
 * @throws Error with everything that it printed if it fails
 */
export function run(command: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): string {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1', ...env } })
  } catch (error) {
    if (!(error instanceof Error) || !('stdout' in error) || !('stderr' in error)) throw error
    // Without the cause: all that it knows is in the message, and it would be printed twice.
    throw new Error(`${command} ${args.join(' ')}\n${String(error.stdout)}${String(error.stderr)}`)
  }
}
