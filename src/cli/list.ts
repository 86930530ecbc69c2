/** `understudy list` */
import type { Command } from 'commander'
import pc from 'picocolors'
import { loadSystems } from '../systems/load.js'
import { print, printJson, table } from './output.js'

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
      if (json) printJson(rows, 2)
      else print(`${text}\n`)
    })
}
