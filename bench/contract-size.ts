/** Cold start with contracts of 50 and 500 operations: made up, generated and built like any other. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { copyRepository } from '../test/support/repository.js'
import type { Growth } from './growth.js'
import { start } from './process.js'
import { median } from './rounds.js'

const ID = 'wide'

/**
 * @param sizes numbers of operations, the smallest first
 * @param starts cold starts of each, interleaved
 */
export async function compareContracts(sizes: readonly [number, number], starts: number, say: (line: string) => void): Promise<Growth[]> {
  const copies = sizes.map((size) => ({ size, folder: makeProject(size) }))
  try {
    const taken = copies.map((): number[] => [])
    for (let turn = 0; turn < starts; turn++) {
      for (const [i, { size, folder }] of copies.entries()) {
        const command = (port: number) => [join(folder, 'dist', 'cli.js'), 'start', ID, '--port', String(port)]
        const server = await start({ name: `${String(size)} operations`, command, base: '', works: [] }, '/copy0/me')
        await server.stop()
        taken[i]?.push(server.start)
      }
    }
    const [few = Number.NaN, many = Number.NaN] = taken.map(median)
    say(`${String(sizes[0])} operations ${few.toFixed(0)} ms, ${String(sizes[1])} operations ${many.toFixed(0)} ms`)
    return [{ what: `cold start, ${String(sizes[0])} / ${String(sizes[1])} operations`, figure: `${few.toFixed(0)} / ${many.toFixed(0)} ms; × ${(many / few).toFixed(2)}`, target: 'below × 1.5', met: many / few < 1.5 }]
  } finally {
    for (const { folder } of copies) rmSync(folder, { recursive: true, force: true })
  }
}

/** A copy of the project with one more system, whose operations are copies of the skeleton's. */
function makeProject(size: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-wide-'))
  copyRepository(folder)
  const run = (tool: string, ...args: string[]) => execFileSync(join(folder, 'node_modules', '.bin', tool), args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  run('tsx', 'scripts/new-system.ts', ID)
  widen(folder, size)
  run('tsx', 'scripts/generate.ts')
  run('tsdown', '--no-dts', '--logLevel', 'error')
  return folder
}

type Paths = Record<string, Record<string, { operationId: string }>>

function widen(folder: string, size: number): void {
  const file = join(folder, 'openapi', `${ID}.yaml`)
  const document = parse(readFileSync(file, 'utf8')) as { paths: Paths } // the skeleton, known to have paths
  const originals = Object.entries(document.paths)
  const names: string[] = []
  for (let copy = 0; names.length + originals.length < size; copy++) {
    for (const [path, item] of originals) {
      for (const [method, operation] of Object.entries(item)) {
        const operationId = `${operation.operationId}Copy${String(copy)}`
        document.paths[`/copy${String(copy)}${path}`] = { [method]: { ...structuredClone(operation), operationId } }
        names.push(`${operationId}: account.${operation.operationId} as never`)
      }
    }
  }
  writeFileSync(file, stringify(document))
  const index = join(folder, 'src', 'systems', ID, 'index.ts')
  writeFileSync(index, readFileSync(index, 'utf8').replace('operations: account,', `operations: { ...account,\n${names.join(',\n')} },`))
}
