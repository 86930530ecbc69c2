/** `understudy ctl sessions`, `users`, `kick`, `expire`, `revoke`, `ban`, `unban` */
import { type Command, Option } from 'commander'
import type { Session, User } from '../../client/control.js'
import { given, list, move } from './move.js'

interface Realm {
  readonly realm?: string
}

interface KickFlags extends Realm {
  readonly platform?: string
  readonly device?: string
  readonly client?: string
}

interface ExpireFlags extends Realm {
  readonly token?: 'access' | 'refresh' | 'both'
  readonly session?: string
}

interface ListFlags {
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
    .action((system: string | undefined, user: string | undefined, { state, secrets }: ListFlags, command: Command) =>
      move(command, (box) => box.sessions.list(given({ system, user, state, secrets })), showSessions),
    )
  ctl
    .command('users')
    .description('show the users')
    .argument('[system]', 'only this system')
    .action((system: string | undefined, _flags: object, command: Command) => move(command, (box) => box.sessions.users(system), showUsers))

  onUser(ctl, 'kick', 'end all sessions of a user as a login on another phone would')
    .option('--platform <name>', 'platform of that phone')
    .option('--device <name>', 'name of that phone')
    .option('--client <version>', 'version of the app on it')
    .action((system: string, user: string, { realm, platform, device, client }: KickFlags, command: Command) =>
      move(command, (box) => box.sessions.kick({ system, user, ...given({ realm }), by: given({ platform, label: device, client }) }), showSessions),
    )
  onUser(ctl, 'expire', 'let the tokens of a user run out now')
    .addOption(new Option('--which <token>', 'which token').choices(['access', 'refresh', 'both']).default('access'))
    .option('--session <id>', 'of this session only')
    .action((system: string, user: string, { realm, which, session }: Realm & { which: ExpireFlags['token']; session?: string }, command: Command) =>
      move(command, (box) => box.sessions.expire({ system, user, ...given({ realm, token: which, session }) }), showSessions),
    )
  onUser(ctl, 'revoke', 'end all sessions of a user as an administrator would').action((system: string, user: string, { realm }: Realm, command: Command) =>
    move(command, (box) => box.sessions.revoke({ system, user, ...given({ realm }) }), showSessions),
  )
  onUser(ctl, 'ban', 'block a user').action((system: string, user: string, { realm }: Realm, command: Command) =>
    move(command, (box) => box.sessions.ban({ system, user, ...given({ realm }) }), (banned) => showUsers([banned])),
  )
  onUser(ctl, 'unban', 'lift a ban').action((system: string, user: string, { realm }: Realm, command: Command) =>
    move(command, (box) => box.sessions.unban({ system, user, ...given({ realm }) }), (free) => showUsers([free])),
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

function showSessions(sessions: readonly Session[]): string {
  const rows = sessions.map((session) => [session.system, session.user, session.state, session.device.label ?? session.device.platform, session.issuedAt, session.accessExpiresAt ?? 'never', session.accessToken])
  return list(['SYSTEM', 'USER', 'STATE', 'DEVICE', 'SINCE', 'UNTIL', 'TOKEN'], rows, 'no sessions')
}

function showUsers(users: readonly User[]): string {
  const rows = users.map(({ system, id, realm, names, banned }) => [system, id, realm === '' ? null : realm, Object.values(names).filter((name) => name !== null).join(', '), banned ? 'banned' : 'free'])
  return list(['SYSTEM', 'ID', 'REALM', 'NAMES', 'STATE'], rows, 'no users')
}
