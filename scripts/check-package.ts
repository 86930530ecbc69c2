/**
 * `npm run check:package`: the package as its users get it.
 * Packs it; has publint and Are The Types Wrong look at the tarball; weighs what it brings along; and with Node.js 20, 22
 * and 24 installs it in an empty project, imports every entry, runs the sample app, which was compiled against it, and runs the
 * guide's tests in Jest and Playwright. The newer versions come from the npm package `node`.
 */
import { deepStrictEqual, ok } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packContractInto, packInto, run } from './pack.js'
import { Consumer, NODE_TYPES, readSeen } from './try-package.js'
import { tryContainer } from './try-container.js'
import { RUNNERS, runJest, runPlaywright, runScaled } from './try-runners.js'

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
  const plain = new Consumer(join(folder, 'plain'), process.execPath, 'commonjs')
  plain.install(tarball)
  const weight = plain.weight()
  ok(weight.packages <= 212 && weight.bytes <= 46_000_000, `understudy: ${String(weight.packages)} packages, ${String(weight.bytes)} bytes: docs/package.md says less`)
  report(`understudy is ${String(weight.packages)} packages and ${megabytes(weight.bytes)} when it is installed`)
  await tryContainer(folder, join(folder, 'image'))
  report('the Dockerfile keeps the rules, and its commands make a stub that is healthy and ends on a signal')
  plain.install(tarball, ...RUNNERS)
  for (const version of VERSIONS) {
    const consumer = new Consumer(app.folder, nodeOf(version))
    const imported = Object.keys(consumer.importAll())
    deepStrictEqual(consumer.runApp(), readSeen())
    report(`Node.js ${consumer.run('console.log(process.version)').trim()}: ${String(imported.length)} entries imported, the app ran`)
    const required = new Consumer(plain.folder, consumer.node, 'commonjs')
    for (const entry of app.entries()) ok(required.required(entry).length > 0, entry)
    deepStrictEqual(runScaled(required), { jobs: true, early: 0, late: true })
    runJest(required)
    runPlaywright(required)
    report('  and by require; the guide runs in Jest and Playwright; busboy and json-server are loaded when they are needed')
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

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
