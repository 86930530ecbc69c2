/**
 * `npm run check:package`: the package as its users get it.
 * Packs it; has publint and Are The Types Wrong look at the tarball; and with Node.js 20, 22 and 24 installs it in an empty project, imports every
 * entry and runs the sample app, which was compiled against it. The newer versions come from the npm package `node`.
 */
import { deepStrictEqual } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packContractInto, packInto, run } from './pack.js'
import { Consumer, NODE_TYPES, readSeen } from './try-package.js'

const ROOT = join(import.meta.dirname, '..')
const VERSIONS = ['20', '22', '24']

const folder = mkdtempSync(join(tmpdir(), 'understudy-check-'))
try {
  const tarball = packInto(folder)
  const app = new Consumer(join(folder, 'app'))
  app.install(tarball, NODE_TYPES)
  bin('publint/src/cli.js', 'run', tarball, '--strict')
  report('publint: no complaint')
  // It does not fill in patterns by itself.
  const entries = app.entries().map((entry) => entry.replace(/^understudy/, '.'))
  bin('@arethetypeswrong/cli/dist/index.js', tarball, '--profile', 'strict', '--entrypoints', ...entries)
  bin('@arethetypeswrong/cli/dist/index.js', tarball, '--profile', 'esm-only', '--entrypoints', './testing/vitest')
  report(`attw: ${String(entries.length)} entries resolve for modules, CommonJS, bundlers and node10; the one for Vitest, which is a module itself, for modules`)
  const contract = packContractInto(folder)
  bin('publint/src/cli.js', 'run', contract, '--strict')
  bin('@arethetypeswrong/cli/dist/index.js', contract, '--profile', 'strict', '--exclude-entrypoints', './openapi/*.json')
  report('publint, attw: no complaint about understudy-contract')
  app.compileEverywhere(app.entries())
  report('every moduleResolution of TypeScript finds the types')
  app.compile()
  report('an app compiles against it, for browsers and for Node.js')
  for (const version of VERSIONS) {
    const consumer = new Consumer(app.folder, nodeOf(version))
    const imported = Object.keys(consumer.importAll())
    deepStrictEqual(consumer.runApp(), readSeen())
    report(`Node.js ${consumer.run('console.log(process.version)').trim()}: ${String(imported.length)} entries imported, the app ran`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Runs a tool of this repository. */
function bin(file: string, ...args: string[]): string {
  return run(process.execPath, [join(ROOT, 'node_modules', file), ...args], ROOT)
}

/** @returns the program of a major version: this one, or that of the npm package `node` */
function nodeOf(major: string): string {
  if (process.version.startsWith(`v${major}.`)) return process.execPath
  const place = join(folder, `node-${major}`)
  run('npm', ['install', '--prefix', place, '--prefer-offline', '--no-audit', '--no-fund', '--silent', `node@${major}`], folder)
  return join(place, 'node_modules/.bin/node')
}

function report(what: string): void {
  process.stdout.write(`${what}\n`)
}
