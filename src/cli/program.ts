/** The command line: flags become calls of the public functions, nothing else happens here. */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addCompletion } from './completion.js'
import { addConfig } from './config.js'
import { addCtl } from './ctl.js'
import { addData } from './data.js'
import { addDiff } from './diff.js'
import { addDoctor } from './doctor.js'
import { addDrift } from './drift.js'
import { addExec } from './exec.js'
import { addList } from './list.js'
import { fail } from './output.js'
import { addStart } from './start.js'
import { addTour } from './tour.js'
import { printUsageError } from './usage.js'
import { packageFile } from '../paths.js'

const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string } // our own file

const program = new Command('understudy')
  .description('A stand-in for five app backends: contract, types and a working stub server.')
  .version(version, '-v, --version')
  .showHelpAfterError('(add --help for more)')
  .configureOutput({ outputError: printUsageError })

addStart(program)
addList(program)
addConfig(program)
addExec(program)
addCtl(program)
addData(program)
addDiff(program)
addDrift(program)
addTour(program)
addDoctor(program)
addCompletion(program)

let isServer = false
program.hook('preAction', (_, action) => { isServer = action.name() === 'start' })
// Whoever reads may have read enough: `understudy tour | head`. A stub goes on without a reader.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  if (!isServer) process.exit()
})
program.parseAsync().catch(fail)
