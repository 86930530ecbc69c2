#!/usr/bin/env node
/** The command line: flags become calls of the public functions, nothing else happens here. */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addConfig } from './cli/config.js'
import { addCtl } from './cli/ctl.js'
import { addData } from './cli/data.js'
import { addDiff } from './cli/diff.js'
import { addDrift } from './cli/drift.js'
import { addExec } from './cli/exec.js'
import { addList } from './cli/list.js'
import { fail } from './cli/output.js'
import { addStart } from './cli/start.js'
import { addTour } from './cli/tour.js'
import { packageFile } from './paths.js'

const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string } // our own file

const program = new Command('understudy')
  .description('A stand-in for five app backends: contract, types and a working stub server.')
  .version(version, '-v, --version')
  .showHelpAfterError('(understudy --help tells more)')

addStart(program)
addList(program)
addConfig(program)
addExec(program)
addCtl(program)
addData(program)
addDiff(program)
addDrift(program)
addTour(program)

program.parseAsync().catch(fail)
