/** One user in the table. */
import { timeOfDay } from '../../format.js'
import { t } from '../../language.js'
import { Countdown } from '../../parts/countdown.js'
import { logInAs } from './login.js'
import { nameOf, namesOf, type User } from './names.js'
import { deviceOf } from './session.js'
import { whatLoginDoes } from './sees.js'

export function PersonRow({ user, onOpen }: { readonly user: User; readonly onOpen: () => void }) {
  const { latest, sessions = 0 } = user.login ?? {}
  const [name, ...others] = namesOf(user)
  return (
    <div role="row" class={`tr ${latest === undefined ? 'out' : ''}`}>
      <span role="cell" class="who">
        <button type="button" class="name" title={name ?? user.id} onClick={onOpen}>{name ?? user.id}</button>
        <span class="faint small">{[...others, ...user.roles, ...(user.realm === '' ? [] : [user.realm])].join(' · ')}</span>
        {user.banned && <span class="tag broken">{t('banned', '已封禁')}</span>}
      </span>
      <span role="cell" class="mono small">{user.system}</span>
      <span role="cell" class="device">
        {latest === undefined ? <span class="faint">—</span> : <>{deviceOf(latest.device)} <span class="faint small">{timeOfDay(Date.parse(latest.issuedAt))}{sessions > 1 && t(` and ${String(sessions - 1)} more`, ` 等 ${String(sessions)} 个`)}</span></>}
      </span>
      <span role="cell">{latest !== undefined && <Countdown from={Date.parse(latest.issuedAt)} to={latest.accessExpiresAt === null ? null : Date.parse(latest.accessExpiresAt)} of={t(`Access token of ${nameOf(user)}`, `${nameOf(user)} 的访问令牌`)} />}</span>
      <span role="cell" class="buttons end">
        <button type="button" class="small" onClick={() => void logInAs(user)} title={whatLoginDoes(user)} aria-label={t(`Log in as ${nameOf(user)}`, `登录为 ${nameOf(user)}`)}>{t('Log in as', '登录为')}</button>
        <button type="button" class="small" onClick={onOpen} aria-label={t(`More for ${nameOf(user)}: kick out, expire, ban`, `更多：${nameOf(user)} 挤下线、到期、封禁`)}>{t('More', '更多')}</button>
      </span>
    </div>
  )
}
