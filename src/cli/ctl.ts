/** `understudy ctl …`: the common moves on a running stub. */
import { type Command, Option } from 'commander'
import { addBackends } from './ctl/backends.js'
import { addClock } from './ctl/clock.js'
import { addFaults } from './ctl/faults.js'
import { addMaintenance } from './ctl/maintenance.js'
import { addNetwork } from './ctl/network.js'
import { addRecord } from './ctl/record.js'
import { addRecords } from './ctl/records.js'
import { addRequests } from './ctl/requests.js'
import { addSessions } from './ctl/sessions.js'
import { addSms } from './ctl/sms.js'
import { addState } from './ctl/state.js'
import { refuseUnknownMoves } from './ctl/unknown.js'
import { tokenOption, urlOption } from './reach.js'

/** Adds the command to the program. */
export function addCtl(program: Command): void {
  const ctl = program
    .command('ctl')
    .description('drive a stub that runs: clock, sessions, maintenance, real backends, faults, SMS, records, journal, state')
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(new Option('--sandbox <name>', 'the sandbox meant').env('UNDERSTUDY_SANDBOX').default('default'))
    .option('--new', 'the sandbox may be new, though its name is like that of another')
    .option('--json', 'print the answer as JSON')
  for (const add of [addClock, addSms, addSessions, addMaintenance, addBackends, addRecord, addRecords, addFaults, addNetwork, addRequests, addState]) add(ctl)
  for (const command of ctl.commands) if (command.commands.length > 0) refuseUnknownMoves(command)
}
