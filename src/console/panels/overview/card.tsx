/** One system: where it is, how it is, and the way in. */
import type { Schemas } from '../../api.js'
import { count } from '../../format.js'
import { half, t } from '../../language.js'
import { baseUrlOf } from '../../live/connection.js'
import type { SystemDetail } from '../../live/details.js'
import { Copy } from '../../parts/copy.js'
import { Link } from '../../parts/link.js'
import { Mark } from '../../parts/mark.js'
import { referenceOf } from '../../reference.js'
import { type Mode, modeName } from '../backends/modes.js'
import { outageName } from '../faults/outages.js'
import { nameOf } from '../people/names.js'
import { logInAs } from '../people/login.js'
import { Sparkline } from './sparkline.js'

interface SystemCardProps {
  readonly system: SystemDetail
  readonly maintenance: Schemas['Maintenance'] | null
  readonly outages: readonly string[]
  readonly faults: number
  /** Who answers beside the stub; null where there is no real backend. */
  readonly backend: Mode | null
  /** Its figures; null while they are not known. */
  readonly glance: Schemas['SystemGlance'] | null
  /** A few, to log in as. */
  readonly users: readonly Schemas['User'][]
}

export function SystemCard({ system, maintenance, outages, faults, backend, glance, users }: SystemCardProps) {
  const { id, title } = system
  const url = baseUrlOf(id)
  const violation = glance?.violation ?? null
  return (
    <li class="card system-card">
      <header class="part-head">
        <div class="grow">
          <h2>{half(title)}</h2>
          <p class="faint small"><span class="mono">{id}</span> · <a href={referenceOf(id)}>{t(`Reference (${count(system.operations.length)})`, `接口文档（${count(system.operations.length)}）`)}</a></p>
        </div>
        <span class={`tag ${maintenance === null ? 'ok' : 'failed'}`}><Mark kind={maintenance === null ? 'ok' : 'failed'} /> {maintenance === null ? t('in service', '服务中') : t('maintenance', '维护中')}</span>
      </header>
      <p class="url-line"><code class="grow">{url}</code><Copy class="small quiet" text={url} label={t(`Copy the base URL of ${id}`, `复制 ${id} 的地址`)} /></p>
      <Sparkline counts={glance?.perMinute ?? []} />
      <p class="facts">
        <Link to={{ panel: 'people', query: { system: id, who: 'in' } }}>{glance === null ? '…' : t(`${count(glance.sessions)} logged in`, `${count(glance.sessions)} 人登录`)}</Link>
        <Link to={{ panel: 'faults' }} class={faults > 0 ? 'lit' : ''}>{t(faults === 1 ? '1 fault' : `${count(faults)} faults`, `${count(faults)} 条故障`)}</Link>
        {backend !== null && <Link to={{ panel: 'backends' }}>{t(`answers: ${modeName(backend)}`, `应答：${modeName(backend)}`)}</Link>}
        {outages.length > 0 && <Link to={{ panel: 'faults' }} class="lit">{t(`out of order: ${outages.map(outageName).join(', ')}`, `中断：${outages.map(outageName).join('、')}`)}</Link>}
        {violation !== null && <Link to={{ panel: 'calls', item: String(violation) }} class="lit">{t(`call ${String(violation)} breaks the contract`, `${String(violation)} 号请求违反契约`)}</Link>}
      </p>
      <footer class="buttons">
        {users.length > 0 && <span class="faint small">{t('Log in as', '登录为')}</span>}
        {users.map((user) => (
          <button key={`${user.realm}/${user.id}`} type="button" class="small" onClick={() => void logInAs(user)} title={system.hint} aria-label={t(`Log in as ${nameOf(user)}`, `登录为 ${nameOf(user)}`)}>{nameOf(user)}</button>
        ))}
      </footer>
    </li>
  )
}
