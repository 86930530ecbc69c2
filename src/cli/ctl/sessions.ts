/** `understudy ctl sessions`, `users`, `login`, `kick`, `expire`, `revoke`, `ban`, `unban` */
import { type Command, Option } from 'commander'
import { type Device, type IssuedSession, type Session, take, type User } from '../../client/control.js'
import type { UserFilter, UserName } from '../../client/sessions.js'
import { parseWhole } from '../config/parse.js'
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

interface UserFlags extends Omit<UserFilter, 'q'> {
  readonly query?: string
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
    .option('-q, --query <words>', 'only users whose id, names, realm and roles have each of these words in them')
    .addOption(new Option('--logged-in <which>', 'only those who are logged in, or those first; the latest login comes first').choices(['only', 'first']))
    .option('--limit <number>', 'so many at the most (default: 1000)', parseWhole)
    .option('--offset <number>', 'pass so many over', parseWhole)
    .option('--at <call>', 'as it was after this call of the journal; 0 for the beginning', callNumber)
    .action(listUsers)

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

function listUsers(system: string | undefined, { query: q, loggedIn, limit, offset, at }: UserFlags, command: Command): Promise<void> {
  let total = 0
  return move(
    command,
    async ({ name: sandbox }, { control }) => {
      const query = given({ system, q, loggedIn, limit, offset, at })
      const found = await take(control.GET('/sandboxes/{sandbox}/users', { params: { path: { sandbox }, query } }))
      total = found.total
      return found.users
    },
    (users) => {
      const next = (offset ?? 0) + users.length
      return total > next && users.length > 0 ? `${showUsers(users)}\n${String(total - next)} more: --offset ${String(next)}` : showUsers(users)
    },
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

/** Whoever asked for those who are logged in is shown since when, and on what. */
function showUsers(users: readonly User[]): string {
  const hasLogins = users.some(({ login }) => login !== undefined)
  const rows = users.map(({ system, id, realm, names, banned, login }) => [
    system, id, realm === '' ? null : realm, Object.values(names).filter((name) => name !== null).join(', '), banned ? 'banned' : 'free',
    ...(hasLogins ? [login?.latest.issuedAt ?? null, login?.latest.device.label ?? login?.latest.device.platform ?? null] : []),
  ])
  return list(['SYSTEM', 'ID', 'REALM', 'NAMES', 'STATE', ...(hasLogins ? ['SINCE', 'DEVICE'] : [])], rows, 'no users')
}
