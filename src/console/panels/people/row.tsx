/** One user in the table. */
import type { Schemas } from '../../api.js'
import { timeOfDay } from '../../format.js'
import { t } from '../../language.js'
import { Countdown } from '../../parts/countdown.js'
import { logInAs } from './login.js'
import { deviceOf } from './session.js'
import { nameOf, namesOf, type User } from './names.js'

interface PersonRowProps {
  readonly user: User
  /** The latest login first. */
  readonly sessions: readonly Schemas['Session'][]
  readonly onOpen: () => void
}

export function PersonRow({ user, sessions, onOpen }: PersonRowProps) {
  const live = sessions.filter(({ endedAt }) => endedAt === null)
  const [latest] = live
  const [name, ...others] = namesOf(user)
  return (
    <div role="row" class="tr">
      <span role="cell" class="who">
        <button type="button" class="name" onClick={onOpen}>{name ?? user.id}</button>
        <span class="faint small">{[...others, ...user.roles, ...(user.realm === '' ? [] : [user.realm])].join(' · ')}</span>
        {user.banned && <span class="tag broken">{t('banned', '已封禁')}</span>}
      </span>
      <span role="cell" class="mono small">{user.system}</span>
      <span role="cell">
        {latest === undefined ? <span class="faint">—</span> : <>{deviceOf(latest.device)} <span class="faint small">{timeOfDay(Date.parse(latest.issuedAt))}{live.length > 1 && t(` and ${String(live.length - 1)} more`, ` 等 ${String(live.length)} 个`)}</span></>}
      </span>
      <span role="cell">{latest !== undefined && <Countdown from={Date.parse(latest.issuedAt)} to={latest.accessExpiresAt === null ? null : Date.parse(latest.accessExpiresAt)} of={t(`Access token of ${nameOf(user)}`, `${nameOf(user)} 的访问令牌`)} />}</span>
      <span role="cell" class="buttons end">
        <button type="button" class="small" onClick={() => void logInAs(user)} aria-label={t(`Log in as ${nameOf(user)}`, `登录为 ${nameOf(user)}`)}>{t('Log in as', '登录为')}</button>
        <button type="button" class="small" onClick={onOpen} aria-label={t(`More for ${nameOf(user)}: kick out, expire, ban`, `更多：${nameOf(user)} 挤下线、到期、封禁`)}>{t('More', '更多')}</button>
      </span>
    </div>
  )
}
