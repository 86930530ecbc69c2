/** What a user does with the package: install it in an empty project, import every entry, compile an app against it, run the app. */
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './pack.js'

const ROOT = join(import.meta.dirname, '..')
const SAMPLE = join(ROOT, 'test/sample-app')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

/** `module`, `moduleResolution` and the file that is compiled with them. */
const MATRIX = [
  ['commonjs', 'node10', 'entries.ts'],
  ['node16', 'node16', 'entries.mts'],
  ['node16', 'node16', 'entries.cts'],
  ['nodenext', 'nodenext', 'entries.mts'],
  ['nodenext', 'nodenext', 'entries.cts'],
  ['esnext', 'bundler', 'entries.ts'],
] as const

/** What a TypeScript project for Node.js has of its own. */
export const NODE_TYPES = '@types/node@20.19.43'

/** @returns what the sample app sees in a fresh sandbox, wherever it runs */
export function readSeen(): Record<string, string[]> {
  return JSON.parse(readFileSync(join(SAMPLE, 'seen.json'), 'utf8')) as Record<string, string[]> // our own file
}

/** A project that has the package installed, and nothing else. */
export class Consumer {
  readonly folder: string
  /** The program that runs JavaScript. */
  readonly node: string

  /** What its `.js` files are. */
  readonly #type: 'module' | 'commonjs'

  constructor(folder: string, node: string = process.execPath, type: 'module' | 'commonjs' = 'module') {
    this.folder = folder
    this.node = node
    this.#type = type
  }

  /**
   * Makes the project and installs packages: the tarball of one of ours, and what an app has besides.
   * @throws Error with npm's words
   */
  install(...packages: readonly string[]): void {
    mkdirSync(this.folder, { recursive: true })
    writeFileSync(join(this.folder, 'package.json'), JSON.stringify({ name: 'app', private: true, type: this.#type }))
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--silent', ...packages], this.folder)
  }

  /** What is installed: the number of packages, and the bytes of their files. */
  weight(): { packages: number; bytes: number } {
    const lock = JSON.parse(readFileSync(join(this.folder, 'node_modules/.package-lock.json'), 'utf8')) as { packages: object } // npm's own
    const files = readdirSync(join(this.folder, 'node_modules'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    return { packages: Object.keys(lock.packages).length, bytes: files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0) }
  }

  /** The entries that the installed package has: those of its `exports`, patterns filled in with the files that are there. */
  entries(): string[] {
    const systems = readdirSync(join(this.folder, 'node_modules/understudy/dist/contract')).flatMap((name) => /^(\w+)\.js$/.exec(name)?.[1] ?? [])
    return ['understudy', 'understudy/testing', 'understudy/errors', ...systems.map((system) => `understudy/contract/${system}`)]
  }

  /** The contract documents that the installed package exports. */
  documents(): string[] {
    const names = readdirSync(join(this.folder, 'node_modules/understudy/openapi/bundled')).flatMap((name) => /^(\w+)\.json$/.exec(name)?.[1] ?? [])
    return names.flatMap((name) => [`understudy/openapi/${name}.json`, `understudy/openapi/${name}.yaml`])
  }

  /**
   * Runs a module in the project.
   * @returns what it printed
   * @throws Error with what it printed if it fails
   */
  run(code: string): string {
    return run(this.node, ['--input-type=module', '--eval', code], this.folder)
  }

  /**
   * Compiles a module that uses some entries, under each `moduleResolution` of TypeScript, as a module and as CommonJS.
   * @throws Error with the compiler's words
   */
  compileEverywhere(entries: readonly string[]): void {
    const text = `${entries.map((entry, index) => `import * as entry${String(index)} from '${entry}'`).join('\n')}\nexport const all = [${entries.map((_, index) => `entry${String(index)}`).join(', ')}]\n`
    writeFileSync(join(this.folder, 'entries.mts'), text)
    writeFileSync(join(this.folder, 'entries.cts'), text)
    writeFileSync(join(this.folder, 'entries.ts'), text)
    for (const [module, resolution, file] of MATRIX) {
      run(process.execPath, [TSC, '--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,dom,dom.iterable', '--skipLibCheck', '--module', module, '--moduleResolution', resolution, file], this.folder)
    }
  }

  /** What `require` finds in an entry. Throws Error if it cannot be required. */
  required(entry: string): string[] {
    return JSON.parse(run(this.node, ['--input-type=commonjs', '--eval', `console.log(JSON.stringify(Object.keys(require('${entry}'))))`], this.folder)) as string[] // printed by this line
  }

  /** Imports every entry and finds every document; says what each exports. Throws Error if one is not there. */
  importAll(): Record<string, string[]> {
    const names = this.run(`
      const found = {}
      for (const entry of ${JSON.stringify(this.entries())}) found[entry] = Object.keys(await import(entry))
      const { existsSync } = await import('node:fs')
      const { fileURLToPath } = await import('node:url')
      for (const file of ${JSON.stringify([...this.documents(), 'understudy/testing/vitest', 'understudy/package.json'])}) {
        if (!existsSync(fileURLToPath(import.meta.resolve(file)))) throw new Error(file + ' is not there')
      }
      console.log(JSON.stringify(found))`)
    return JSON.parse(names) as Record<string, string[]> // printed by the lines above
  }

  /**
   * Compiles the sample app against the installed package: as an app for browsers, and as a program of Node.js, which is written out.
   * @throws Error with the compiler's words
   */
  compile(): void {
    const app = join(this.folder, 'app')
    cpSync(SAMPLE, app, { recursive: true })
    for (const project of ['tsconfig.browser.json', 'tsconfig.node.json']) run(process.execPath, [TSC, '-p', join(app, project)], app)
  }

  /** Runs the compiled sample app against a stub that it starts; says what it saw. Throws Error if it fails. */
  runApp(): unknown {
    return JSON.parse(run(this.node, [join(this.folder, 'app/out/main.js')], this.folder))
  }
}
