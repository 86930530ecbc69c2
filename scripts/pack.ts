/** The packages as `npm publish` would upload them, built beside the working tree: whoever runs from `dist` meanwhile is not disturbed. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { invocationOf } from '../src/cli/words.js'

const ROOT = join(import.meta.dirname, '..')

/** What of a package.json is looked at here. */
interface Manifest {
  readonly files: readonly string[]
  readonly version: string
  readonly license: string
  readonly engines: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
}

/** Documents that are not one system's: all of them in one, and the control plane's. */
const NO_SYSTEMS = ['understudy', 'control']

/**
 * Builds and packs `understudy`.
 * @param folder an empty folder to work in; the tarball lies there afterwards
 * @returns the tarball's path
 * @throws Error with the output of the build or of npm
 */
export function packInto(folder: string): string {
  const stage = join(folder, 'stage')
  mkdirSync(stage, { recursive: true })
  for (const file of ['package.json', ...manifest().files].filter((name) => name !== 'dist' && existsSync(join(ROOT, name)))) {
    cpSync(join(ROOT, file), join(stage, file), { recursive: true })
  }
  build(join(stage, 'dist'), 'all')
  return pack(stage, folder)
}

/**
 * Builds and packs `understudy-contract`: the contract entries and the error names of `understudy`, from the same sources, for apps that want no server.
 * @param folder an empty folder to work in; the tarball lies there afterwards
 * @returns the tarball's path
 * @throws Error with the output of the build or of npm
 */
export function packContractInto(folder: string): string {
  const stage = join(folder, 'stage-contract')
  mkdirSync(join(stage, 'openapi'), { recursive: true })
  cpSync(join(ROOT, 'LICENSE'), join(stage, 'LICENSE'))
  for (const [from, to] of [['contract-package.md', 'README.md'], ['contract-package.zh-CN.md', 'README.zh-CN.md']] as const) {
    // In the package the two lie beside each other by the names that npm knows.
    writeFileSync(join(stage, to), readFileSync(join(ROOT, 'docs', from), 'utf8').replace(/contract-package(\.zh-CN)?\.md/g, 'README$1.md'))
  }
  for (const name of readdirSync(join(ROOT, 'openapi/bundled')).filter((file) => !NO_SYSTEMS.includes(file.replace('.json', '')))) {
    const document: unknown = JSON.parse(readFileSync(join(ROOT, 'openapi/bundled', name), 'utf8'))
    writeFileSync(join(stage, 'openapi', name), JSON.stringify(document))
  }
  build(join(stage, 'dist'), 'contract')
  const entries = readdirSync(join(stage, 'dist')).flatMap((name) => /^([a-z0-9]+)\.cjs$/.exec(name)?.[1] ?? [])
  // The types for modules are those for CommonJS by another name, for they take most of the room.
  for (const entry of entries) writeFileSync(join(stage, 'dist', `${entry}.d.ts`), `export * from './${entry}.cjs'\n`)
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(contractManifest(entries), null, 2)}\n`)
  return pack(stage, folder)
}

function contractManifest(entries: readonly string[]): object {
  const { version, license, engines, dependencies } = manifest()
  return {
    name: 'understudy-contract',
    version,
    description: 'The contract of five app backends for the app itself: types, error names, clients, OpenAPI documents. The stand-in for the backends is the package understudy.',
    keywords: ['openapi', 'contract', 'types', 'client'],
    license,
    type: 'module',
    sideEffects: false,
    engines,
    files: ['dist', 'openapi', 'README.zh-CN.md'],
    exports: {
      ...Object.fromEntries(entries.map((entry) => [`./${entry}`, {
        import: { types: `./dist/${entry}.d.ts`, default: `./dist/${entry}.js` },
        require: { types: `./dist/${entry}.d.cts`, default: `./dist/${entry}.cjs` },
      }])),
      './openapi/*.json': './openapi/*.json',
      './package.json': './package.json',
    },
    // For TypeScript's `moduleResolution: node10`, which does not read `exports`.
    typesVersions: { '*': Object.fromEntries(entries.map((entry) => [entry, [`./dist/${entry}.d.cts`]])) },
    dependencies: { 'openapi-fetch': dependencies['openapi-fetch'] },
  }
}

function manifest(): Manifest {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest // our own file
}

function build(outDir: string, what: string): void {
  run(process.execPath, [join(ROOT, 'node_modules/tsdown/dist/run.mjs'), '--logLevel', 'error'], ROOT, { UNDERSTUDY_BUILD: what, UNDERSTUDY_OUT: outDir })
}

/** What `prepack` does is done. */
function pack(stage: string, folder: string): string {
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
  // On Windows npm is a batch file.
  const { file, args: words, verbatim } = invocationOf([command, ...args])
  const { status, stdout, stderr, error } = spawnSync(file, words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], windowsVerbatimArguments: verbatim, env: { ...process.env, NO_COLOR: '1', ...env } })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`)
  return stdout
}
