/** What ends between now and the moment that the clock is to be set to. */
import { ask, control, here, type Schemas } from '../../api.js'
import { dayAndTime } from '../../format.js'
import { t } from '../../language.js'
import { useResource } from '../../live/resource.js'

type Ending = Schemas['Expiry']

interface DyingProps {
  /** Where the clock is to go. */
  readonly until: number
  /** Names the wish: a running clock moves `until` with it, and that alone asks for nothing new. */
  readonly wish: string
}

export function Dying({ until, wish }: DyingProps) {
  const path = here.value
  const moment = new Date(until).toISOString()
  const { data } = useResource(() => ask(control.value.GET('/sandboxes/{sandbox}/clock/expiring', { params: { path, query: { until: moment } } })), `${path.sandbox} ${wish}`)
  if (data === null) return <p class="dying-empty faint" />
  if (data.expiring.length === 0) return <p class="dying-empty faint">{t('Nothing ends on the way.', '途中没有任何东西到期。')}</p>
  return (
    <div class="dying">
      <h3>{t(data.total === 1 ? 'Ends on the way' : `${String(data.total)} end on the way`, `途中有 ${String(data.total)} 项到期`)}</h3>
      <ul>
        {data.expiring.map((ending) => (
          <li key={`${ending.system}/${ending.kind}/${ending.id}`}>
            <span class={`tag ${ending.kind === 'record' ? 'fault' : 'failed'}`}>{kindOf(ending)}</span>
            <span class="grow">{ending.label}{ending.user !== null && <span class="faint">{ending.label !== '' && ' · '}{t('user', '用户')} {ending.user}</span>} <span class="mono faint small">{ending.system}</span></span>
            <span class="faint small">{dayAndTime(Date.parse(ending.at))}</span>
          </li>
        ))}
      </ul>
      {data.total > data.expiring.length && <p class="faint small">{t(`and ${String(data.total - data.expiring.length)} more`, `另有 ${String(data.total - data.expiring.length)} 项`)}</p>}
    </div>
  )
}

function kindOf({ kind, collection }: Ending): string {
  if (kind === 'record') return collection ?? ''
  return { accessToken: t('access token', '访问令牌'), refreshToken: t('refresh token', '刷新令牌'), smsCode: t('SMS code', '验证码') }[kind]
}
