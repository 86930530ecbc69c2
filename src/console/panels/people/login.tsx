/** Log in as somebody: a session without password or code, and what an app sends to use it. */
import { signal } from '@preact/signals'
import { act, control, here, type Schemas } from '../../api.js'
import { t } from '../../language.js'
import { Copy } from '../../parts/copy.js'
import { Dialog } from '../../parts/dialog.js'
import { nameOf, type User } from './names.js'

interface Login {
  readonly user: User
  readonly issued: Schemas['IssuedSession']
}

const login = signal<Login | null>(null)

/** Who is displaced is told of this client. */
const DEVICE = { label: 'Understudy console', platform: 'web' }

/** Logs the user in and shows the credential. */
export async function logInAs(user: User): Promise<void> {
  const body = { system: user.system, user: user.id, ...(user.realm === '' ? {} : { realm: user.realm }), device: DEVICE }
  const issued = await act(control.value.POST('/sandboxes/{sandbox}/sessions', { params: { path: here.value }, body }))
  if (issued !== null) login.value = { user, issued }
}

/** The dialog with the credential, wherever the login was asked for. */
export function LoginDialog() {
  const shown = login.value
  if (shown === null) return null
  const { user, issued: { session, headers, ended } } = shown
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const rows: [string, string][] = [
    ...lines.map((line): [string, string] => [t('Header', '请求头'), line]),
    [t('Access token', '访问令牌'), session.accessToken],
    ...(session.refreshToken === null ? [] : [[t('Refresh token', '刷新令牌'), session.refreshToken] as [string, string]]),
  ]
  return (
    <Dialog title={t(`Logged in as ${nameOf(user)}`, `已登录为 ${nameOf(user)}`)} onClose={() => { login.value = null }}>
      <dl class="credentials">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd><code class="grow">{value}</code><Copy class="small quiet" text={value} label={t(`Copy: ${name}`, `复制：${name}`)} /></dd>
          </div>
        ))}
      </dl>
      <p class="faint">
        {lines.length === 0 && t('This system takes its token in the body. ', '此系统的令牌放在请求体中。')}
        {ended.length > 0 ? t(`${String(ended.length)} other session of this user has ended, as by the app’s own login.`, `与应用登录一样，该用户的另外 ${String(ended.length)} 个会话已结束。`) : t('No other session has ended.', '没有其他会话因此结束。')}
      </p>
    </Dialog>
  )
}
