/**
 * `npm run fixtures -- <system> --<records> <count>`: a world with many records, made up but always the same.
 *   npm run fixtures -- job --jobs 100000 --out /tmp/worlds/job/world.json
 * The records are added to those of `fixtures/<system>/world.json`; without `--out` the file goes to standard output.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { progressOn } from '../src/cli/output.js'
import { addBulk } from '../src/core/bulk.js'
import { readJsonFile } from '../src/core/json-file.js'
import { isRecordMap } from '../src/core/world.js'
import { fixturesFolder } from '../src/paths.js'
import { loadSystems } from '../src/systems/load.js'

try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function main([id = '', ...args]: string[]): Promise<void> {
  const [system] = await loadSystems([id])
  const bulk = system?.bulk
  if (system === undefined || !bulk) throw new Error(`${id} makes no records in bulk`)
  const { values } = parseArgs({ args, options: { [bulk.collection]: { type: 'string' }, out: { type: 'string' } } })
  const count = values[bulk.collection]
  if (typeof count !== 'string' || !/^\d{1,8}$/.test(count)) throw new Error(`--${bulk.collection} needs a count, as in --${bulk.collection} 100000`)
  const fixtures = await readJsonFile(join(fixturesFolder, system.id, 'world.json'))
  const at = progressOn()
  at(`making ${count} ${bulk.collection}`)
  const world = await addBulk(system, fixtures, Number(count)).finally(() => { at('') })
  if (!isRecordMap(world)) throw new Error(`the world of ${system.id} is no map from collection to records`)
  write(asText(world), values['out'])
}

/** One record a line. */
function asText(world: Readonly<Record<string, readonly object[]>>): string {
  const collections = Object.entries(world).map(([name, records]) => `${JSON.stringify(name)}: [\n${records.map((record) => JSON.stringify(record)).join(',\n')}\n]`)
  return `{\n${collections.join(',\n')}\n}\n`
}

function write(text: string, out: string | boolean | undefined): void {
  if (typeof out !== 'string') {
    process.stdout.write(text)
    return
  }
  mkdirSync(dirname(out), { recursive: true })
  writeFileSync(out, text)
}
