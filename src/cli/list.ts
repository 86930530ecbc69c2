/** `understudy list` */
import type { Command } from 'commander'
import pc from 'picocolors'
import { loadSystems } from '../systems/load.js'
import { table } from './output.js'

/** Adds the command to the program. */
export function addList(program: Command): void {
  program
    .command('list')
    .description('show the systems that can be served')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: true }) => {
      const systems = await loadSystems([])
      const rows = systems.map(({ id, contract }) => ({ id, title: contract.title, operations: Object.keys(contract.operations).length, errors: Object.keys(contract.errors).length }))
      const text = table(rows.map(({ id, title, operations, errors }) => [pc.bold(id), `${String(operations)} operations`, `${String(errors)} codes`, title]))
      process.stdout.write(`${json ? JSON.stringify(rows, null, 2) : text}\n`)
    })
}
