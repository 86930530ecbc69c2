/** `understudy ctl sessions`, `users`, `login`, `kick`, `expire`, `revoke`, `ban`, `unban` */
import { type Command, Option } from 'commander'
import type { Device, IssuedSession, Session, User } from '../../client/control.js'
import type { UserName } from '../../client/sessions.js'
import { callNumber } from './flags.js'
import { given, list, move } from './move.js'

interface Realm {
  readonly realm?: string
}

/** What a client says about itself. */
interface ClientFlags extends Realm {
  readonly platform?: string
  readonly device?: string
  readonly client?: string
}

interface ExpireFlags extends Realm {
  readonly token?: 'access' | 'refresh' | 'both'
  readonly session?: string
}

interface ListFlags {
  readonly at?: number
  readonly state?: Session['state']
  readonly secrets?: true
}

/** Adds the commands. */
export function addSessions(ctl: Command): void {
  ctl
    .command('sessions')
    .description('show who is logged in')
    .argument('[system]', 'only this system')
    .argument('[user]', 'only this user')
    .addOption(new Option('--state <state>', 'only sessions in this state').choices(['active', 'expired', 'loggedOut', 'displaced', 'revoked']))
    .option('--secrets', 'show the tokens')
    .option('--at <call>', 'as it was after this call of the journal; 0 for the beginning', callNumber)
    .action((system: string | undefined, user: string | undefined, { state, secrets, at }: ListFlags, command: Command) =>
      move(command, (box) => box.sessions.list(given({ system, user, state, secrets, at })), showSessions),
    )
  ctl
    .command('users')
    .description('show the users')
    .argument('[system]', 'only this system')
    .option('--at <call>', 'as it was after this call of the journal; 0 for the beginning', callNumber)
    .action((system: string | undefined, { at }: Pick<ListFlags, 'at'>, command: Command) => move(command, (box) => box.sessions.users(system, given({ at })), showUsers))

  onPhone(onUser(ctl, 'login', 'log a user in, without password or code, and print what a request carries from then on')).action(
    (system: string, user: string, flags: ClientFlags, command: Command) => move(command, (box) => box.sessions.issue({ ...whom(system, user, flags), device: deviceOf(flags) }), showCredential),
  )
  onPhone(onUser(ctl, 'kick', 'end all sessions of a user as a login on another phone would')).action((system: string, user: string, flags: ClientFlags, command: Command) =>
    move(command, (box) => box.sessions.kick({ ...whom(system, user, flags), by: deviceOf(flags) }), showSessions),
  )
  onUser(ctl, 'expire', 'let the tokens of a user run out now')
    .addOption(new Option('--which <token>', 'which token').choices(['access', 'refresh', 'both']).default('access'))
    .option('--session <id>', 'of this session only')
    .action((system: string, user: string, { realm, which, session }: Realm & { which: ExpireFlags['token']; session?: string }, command: Command) =>
      move(command, (box) => box.sessions.expire({ ...whom(system, user, { realm }), ...given({ token: which, session }) }), showSessions),
    )
  onUser(ctl, 'revoke', 'end all sessions of a user as an administrator would').action((system: string, user: string, flags: Realm, command: Command) =>
    move(command, (box) => box.sessions.revoke(whom(system, user, flags)), showSessions),
  )
  onUser(ctl, 'ban', 'block a user').action((system: string, user: string, flags: Realm, command: Command) =>
    move(command, (box) => box.sessions.ban(whom(system, user, flags)), (banned) => showUsers([banned])),
  )
  onUser(ctl, 'unban', 'lift a ban').action((system: string, user: string, flags: Realm, command: Command) =>
    move(command, (box) => box.sessions.unban(whom(system, user, flags)), (free) => showUsers([free])),
  )
}

function onUser(ctl: Command, name: string, description: string): Command {
  return ctl
    .command(name)
    .description(description)
    .argument('<system>', 'id of the system')
    .argument('<user>', 'id, phone or name of the user')
    .option('--realm <type>', 'user type, where several have a user of that name')
}

function onPhone(command: Command): Command {
  return command
    .option('--platform <name>', 'platform of that phone')
    .option('--device <name>', 'name of that phone')
    .option('--client <version>', 'version of the app on it')
}

function whom(system: string, user: string, { realm }: { readonly realm?: string | undefined }): UserName {
  return { system, user, ...given({ realm }) }
}

function deviceOf({ platform, device, client }: ClientFlags): Device {
  return given({ platform, label: device, client })
}

/** Headers as curl's `-H` takes them; the token itself where the system takes it in the body. */
function showCredential({ session, headers }: IssuedSession): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return lines.length === 0 ? session.accessToken : lines.join('\n')
}

function showSessions(sessions: readonly Session[]): string {
  const rows = sessions.map((session) => [session.system, session.user, session.state, session.device.label ?? session.device.platform, session.issuedAt, session.accessExpiresAt ?? 'never', session.accessToken])
  return list(['SYSTEM', 'USER', 'STATE', 'DEVICE', 'SINCE', 'UNTIL', 'TOKEN'], rows, 'no sessions')
}

function showUsers(users: readonly User[]): string {
  const rows = users.map(({ system, id, realm, names, banned }) => [system, id, realm === '' ? null : realm, Object.values(names).filter((name) => name !== null).join(', '), banned ? 'banned' : 'free'])
  return list(['SYSTEM', 'ID', 'REALM', 'NAMES', 'STATE'], rows, 'no users')
}
