/** `understudy ctl sms` */
import { type Command, Option } from 'commander'
import type { Box } from '../../client/box.js'
import type { SmsSetting } from '../../client/control.js'
import { given, list, move } from './move.js'

interface SmsFlags {
  readonly system?: string
  readonly source?: SmsSetting['source']
  readonly operator?: SmsSetting['operator']
}

/** Adds the command. */
export function addSms(ctl: Command): void {
  ctl
    .command('sms')
    .description('show the SMS inbox, or say where codes come from')
    .argument('[phone]', 'only messages to this number')
    .option('--system <id>', 'only this system')
    .addOption(new Option('--source <source>', 'fixed: always 123456; sequence: 100001, 100002, …').choices(['fixed', 'sequence']))
    .addOption(new Option('--operator <state>', 'whether SMS can be sent').choices(['up', 'down']))
    .action((phone: string | undefined, flags: SmsFlags, command: Command) =>
      flags.source === undefined && flags.operator === undefined ? showInbox(command, phone, flags) : change(command, flags),
    )
}

function showInbox(command: Command, phone: string | undefined, { system }: SmsFlags): Promise<void> {
  return move(
    command,
    (box) => box.sms.list(given({ phone, system })),
    (messages) => list(['PHONE', 'CODE', 'STATE', 'SENT', 'EXPIRES', 'SYSTEM'], messages.map((sms) => [sms.phone, sms.code, sms.state, sms.sentAt, sms.expiresAt ?? 'never', sms.system]), 'no SMS yet'),
  )
}

function change(command: Command, { system, source, operator }: SmsFlags): Promise<void> {
  const make = async (box: Box) => {
    if (source !== undefined) await box.sms.source(source, system)
    if (operator !== undefined) await box.sms.operator(operator, system)
    return box.sms.settings()
  }
  return move(command, make, (settings) => list(['SYSTEM', 'SOURCE', 'OPERATOR'], settings.map((row) => [row.system, row.source, row.operator]), 'no system sends SMS'))
}
