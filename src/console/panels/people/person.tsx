/** One user: sessions, and everything that can be done to them. Each action says beforehand what the app will see. */
import { useState } from 'preact/hooks'
import { act, ask, control, here, type Schemas } from '../../api.js'
import { t } from '../../language.js'
import { systemOf } from '../../live/details.js'
import { useResource } from '../../live/resource.js'
import { Dialog } from '../../parts/dialog.js'
import { logInAs } from './login.js'
import { keyOf, nameOf, namesOf, type User } from './names.js'
import { SessionLine } from './session.js'
import { loginEnds, Sees } from './sees.js'

/** Clients that may have kicked somebody out. */
const DEVICES: readonly (Schemas['DeviceInput'] & { readonly label: string })[] = [
  { label: 'iPhone 15', platform: 'ios' },
  { label: 'Xiaomi 14', platform: 'android' },
  { label: 'iPad', platform: 'ios' },
  { label: 'Chrome', platform: 'web' },
]
const MOST_SESSIONS = 8

interface PersonDialogProps {
  readonly user: User
  /** Takes the user as he is after a change. */
  readonly onUser: (user: User) => void
  readonly onClose: () => void
}

export function PersonDialog({ user, onUser, onClose }: PersonDialogProps) {
  const [device, setDevice] = useState(0)
  const { system, id, realm, banned } = user
  const who = { system, user: id, ...(realm === '' ? {} : { realm }) }
  const params = { params: { path: here.value } }
  const api = control.value
  const { data } = useResource(() => ask(api.GET('/sandboxes/{sandbox}/sessions', { params: { path: here.value, query: { system, user: id } } })), keyOf(user))
  // Until they have come, the one that the list has. Another user may be called as this one is numbered.
  const sessions = (data?.sessions ?? (user.login === undefined ? [] : [user.login.latest])).filter((session) => session.user === id && session.realm === realm)
  const by = DEVICES[device] ?? { label: '' }
  const isIn = sessions.some(({ endedAt }) => endedAt === null)
  const hasRefresh = sessions.some(({ refreshToken, endedAt }) => refreshToken !== null && endedAt === null)
  const expire = (token: 'access' | 'refresh' | 'both', done: string) => void act(api.POST('/sandboxes/{sandbox}/sessions/expire', { ...params, body: { ...who, token } }), done)
  const ban = async () => {
    const now = await act(api.POST(banned ? '/sandboxes/{sandbox}/users/unban' : '/sandboxes/{sandbox}/users/ban', { ...params, body: who }), banned ? t('The ban is lifted', '已解除封禁') : t('Banned', '已封禁'))
    if (now !== null) onUser({ ...user, ...now })
  }
  return (
    <Dialog title={`${nameOf(user)} · ${system}`} onClose={onClose} wide>
      <p class="faint">{[...namesOf(user).slice(1), id, ...user.roles, realm].filter((part) => part !== '').join(' · ')}</p>
      <div aria-busy={data === null}>
        {sessions.length === 0 && <p class="faint">{t('Not logged in.', '未登录。')}</p>}
        <ul class="sessions">{sessions.slice(0, MOST_SESSIONS).map((session) => <SessionLine key={session.id} session={session} />)}</ul>
        {sessions.length > MOST_SESSIONS && <p class="faint small">{t(`${String(sessions.length - MOST_SESSIONS)} older sessions are not listed.`, `另有 ${String(sessions.length - MOST_SESSIONS)} 个更早的会话未列出。`)}</p>}
      </div>
      <div class="deeds">
        <div class="deed">
          <button type="button" class="main" onClick={() => { onClose(); void logInAs(user) }}>{t('Log in as', '登录为')}</button>
          <p>{t('Gives you the credential, without password or code.', '直接得到凭证，不需要密码或验证码。')} {isIn && loginEnds(user) && <Sees system={system} condition="kickedOut" what={t('Who is logged in is kicked out: its next call gets', '已登录的客户端被挤下线，其下一次请求得到')} />}</p>
        </div>
        <div class="deed">
          <button type="button" disabled={!isIn} onClick={() => void act(api.POST('/sandboxes/{sandbox}/sessions/kick', { ...params, body: { ...who, by } }), t(`${nameOf(user)} was kicked out by ${by.label}`, `${nameOf(user)} 已被 ${by.label} 挤下线`))}>{t('Kick out', '挤下线')}</button>
          <p class="choosing">
            <label>{t('as if by ', '如同被 ')}<select value={device} onChange={(event) => { setDevice(Number(event.currentTarget.value)) }}>{DEVICES.map(({ label }, i) => <option key={label} value={i}>{label}</option>)}</select></label> <Sees system={system} condition="kickedOut" />
          </p>
        </div>
        <div class="deed">
          <button type="button" disabled={!isIn} onClick={() => { expire('access', t('The access token has expired', '访问令牌已到期')) }}>{t('Expire access', '访问令牌到期')}</button>
          <p><Sees system={system} condition="tokenExpired" />{hasRefresh && <> {t('A refresh helps.', '刷新即可恢复。')}</>}</p>
        </div>
        {hasRefresh && (
          <>
            <div class="deed">
              <button type="button" onClick={() => { expire('refresh', t('The refresh token has expired', '刷新令牌已到期')) }}>{t('Expire refresh', '刷新令牌到期')}</button>
              <p><Sees system={system} condition="unauthenticated" what={t('Calls go on; the next refresh gets', '请求照常；下一次刷新得到')} /></p>
            </div>
            <div class="deed">
              <button type="button" onClick={() => { expire('both', t('Both tokens have expired', '两个令牌均已到期')) }}>{t('Expire both', '两个令牌到期')}</button>
              <p><Sees system={system} condition="tokenExpired" />{t(', and its refresh ', '；刷新得到 ')}<Sees system={system} condition="unauthenticated" what="" />{t(': the user has to log in again.', '：用户须重新登录。')}</p>
            </div>
          </>
        )}
        <div class="deed">
          <button type="button" disabled={!isIn} onClick={() => void act(api.POST('/sandboxes/{sandbox}/sessions/revoke', { ...params, body: who }), t('All sessions are revoked', '所有会话已作废'))}>{t('Revoke', '作废')}</button>
          <p><Sees system={system} condition="unauthenticated" /></p>
        </div>
        {systemOf(system)?.hasBans === true && (
          <div class="deed">
            <button type="button" class={banned ? '' : 'danger'} onClick={() => void ban()}>{banned ? t('Lift the ban', '解除封禁') : t('Ban', '封禁')}</button>
            <p>{banned ? t('Calls are answered as before.', '请求恢复正常。') : <Sees system={system} condition="banned" />}</p>
          </div>
        )}
      </div>
    </Dialog>
  )
}
