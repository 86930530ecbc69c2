/** A session as people read it. */
import type { Schemas } from '../../api.js'
import { dayAndTime, isolated } from '../../format.js'
import { t } from '../../language.js'
import { Countdown } from '../../parts/countdown.js'

/** @returns the name of a device */
export function deviceOf({ label, platform, client }: Schemas['Device']): string {
  const parts = [label, platform, client].filter((part) => part !== null && part !== '')
  return parts.length === 0 ? t('unnamed device', '未具名设备') : parts.map((part) => isolated(String(part))).join(' · ')
}

/** @returns what a session is now */
export function stateOf(state: Schemas['Session']['state']): string {
  return {
    active: t('active', '有效'), expired: t('access token expired', '访问令牌已过期'), loggedOut: t('logged out', '已退出'),
    displaced: t('kicked out', '被挤下线'), revoked: t('revoked', '已作废'),
  }[state]
}

export function SessionLine({ session }: { readonly session: Schemas['Session'] }) {
  const { device, issuedAt, state, accessExpiresAt, refreshToken, refreshExpiresAt, displacedBy } = session
  const from = Date.parse(issuedAt)
  return (
    <li class="session">
      <p><b>{deviceOf(device)}</b> <span class={`tag ${state === 'active' ? 'ok' : 'failed'}`}>{stateOf(state)}</span></p>
      <p class="faint small">{t('since', '始于')} {dayAndTime(from)}{displacedBy !== null && t(` · by ${deviceOf(displacedBy)}`, ` · 被 ${deviceOf(displacedBy)}`)}</p>
      {session.endedAt === null && (
        <dl class="lives">
          <dt>{t('Access', '访问令牌')}</dt><dd><Countdown from={from} to={accessExpiresAt === null ? null : Date.parse(accessExpiresAt)} of={t('Access token', '访问令牌')} /></dd>
          {refreshToken !== null && <><dt>{t('Refresh', '刷新令牌')}</dt><dd><Countdown from={from} to={refreshExpiresAt === null ? null : Date.parse(refreshExpiresAt)} of={t('Refresh token', '刷新令牌')} /></dd></>}
        </dl>
      )}
    </li>
  )
}
