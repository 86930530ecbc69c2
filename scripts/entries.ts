/** The entries of this package that run in browsers, as an app imports them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withCapital } from '../src/plain/capital.js'

const CLIENTS = join(import.meta.dirname, '../src/contract')

/** An import of this package. */
export interface BrowserEntry {
  /** What an app writes: `understudy/contract/live`. */
  readonly name: string
  /** The source behind it, from the package's root. */
  readonly source: string
  /** What a small app takes of it. */
  readonly names: readonly string[]
}

/** All browser entries: the error names, and the contract of every system that has a client. */
export function browserEntries(): BrowserEntry[] {
  const systems = readdirSync(CLIENTS).flatMap((file) => /^([a-z][a-z0-9]*)\.ts$/.exec(file)?.[1] ?? [])
  return [
    { name: 'understudy/errors', source: './src/errors/index.ts', names: ['classify'] },
    ...systems.flatMap((system) => {
      const name = withCapital(system)
      const sockets = new RegExp(`\\bopen${name}Socket\\b`).exec(readFileSync(join(CLIENTS, `${system}.ts`), 'utf8'))
      return [`create${name}Client`, ...(sockets ?? [])].map((made) => ({ name: `understudy/contract/${system}`, source: `./src/contract/${system}.ts`, names: [made] }))
    }),
  ]
}
