/** What the app will be told by its next call. */
import { t } from '../../language.js'
import { outcomeOf, systemOf } from '../../live/details.js'
import type { User } from './names.js'

interface SeesProps {
  readonly system: string
  readonly condition: string
  /** Which call it is that will be told; any when left out. */
  readonly what?: string
}

export function Sees({ system, condition, what = t('The next call gets', '下一次请求得到') }: SeesProps) {
  const outcome = outcomeOf(system, condition)
  if (outcome === undefined) return <span class="faint">{t('The system has its own way of telling.', '由该系统自行告知。')}</span>
  return (
    <span>
      {what} <code>{outcome.error ?? `HTTP ${String(outcome.status)}`}</code>
      {outcome.code !== null && <span class="faint"> ({t('code', '错误码')} {outcome.code})</span>}
    </span>
  )
}

/** @returns whether a new login of a user of the system ends the sessions that there are */
export function loginEnds({ system }: Pick<User, 'system'>): boolean {
  return systemOf(system)?.sessionsPerUser === 'one'
}

/** @returns in one line what a login does beside giving a credential */
export function whatLoginDoes(user: User): string {
  const { error = null, code = null } = outcomeOf(user.system, 'kickedOut') ?? {}
  if (user.login === undefined || !loginEnds(user) || error === null) return t('Gives you the credential, without password or code.', '直接得到凭证，不需要密码或验证码。')
  return t(`Gives you the credential; who is logged in is kicked out and gets ${error} (code ${String(code)}).`, `直接得到凭证；已登录的客户端被挤下线，得到 ${error}（错误码 ${String(code)}）。`)
}
