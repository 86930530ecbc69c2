/** `understudy ctl clock …` */
import type { Command } from 'commander'
import type { Clock } from '../../client/control.js'
import { printUsageError } from '../usage.js'
import { durationFlag } from './flags.js'
import { move } from './move.js'

const show = ({ now, frozen }: Clock) => `${now}${frozen ? ' (frozen)' : ''}`

/** Adds the commands. */
export function addClock(ctl: Command): void {
  const clock = ctl
    .command('clock')
    .description('show or move the clock')
    .action((_flags: object, command: Command) => move(command, (box) => box.clock.now(), show))

  clock
    .command('advance')
    .description('advance by 2h, 90s, 30d, 1h30m or an ISO 8601 duration')
    .argument('<duration>', 'how far', durationFlag)
    // Of the minus the parser makes an option.
    .configureOutput({ outputError: (text) => { printUsageError(/unknown option '-\d/.test(text) ? 'error: a clock does not go back by a duration; "understudy ctl clock set <moment>" sets it back' : text) } })
    .action((by: string, _flags: object, command: Command) => move(command, (box) => box.clock.advance(by), show))
  clock
    .command('set')
    .description('show another moment; the only way back')
    .argument('<moment>', 'ISO 8601 with a zone: 2026-01-31T08:30:00Z')
    .action((moment: string, _flags: object, command: Command) => move(command, (box) => box.clock.set(moment), show))
  clock
    .command('freeze')
    .description('stand still, now or at a moment')
    .argument('[moment]', 'ISO 8601 with a zone')
    .action((moment: string | undefined, _flags: object, command: Command) => move(command, (box) => box.clock.freeze(moment), show))
  clock
    .command('resume')
    .description('run on')
    .action((_flags: object, command: Command) => move(command, (box) => box.clock.resume(), show))
}
