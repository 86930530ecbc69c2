/** The list of panels: at the side of a wide page, a strip below the header of a narrow one. */
import { t } from './language.js'
import { info } from './live/connection.js'
import { Link } from './parts/link.js'
import { panel, PANELS, type Panel } from './place.js'

/** @returns the name of a panel */
export function titleOf(name: Panel): string {
  return {
    overview: t('Overview', '总览'),
    calls: t('Calls', '请求'),
    people: t('People', '用户'),
    sms: t('SMS', '短信'),
    clock: t('Clock', '时钟'),
    faults: t('Faults', '故障'),
    records: t('Records', '数据'),
    push: t('Push', '推送'),
    state: t('Sandboxes', '沙箱'),
  }[name]
}

/** A number worth knowing without opening the panel. */
function countOf(name: Panel): number {
  const known = info.value
  if (known === null) return 0
  if (name === 'faults') return known.faults + known.maintenance.length
  return name === 'calls' ? known.journal : 0
}

export function Nav() {
  return (
    <nav class="panels" aria-label={t('Panels', '面板')}>
      {PANELS.map((name) => {
        const count = countOf(name)
        return (
          <Link key={name} to={{ panel: name }} current={panel.value === name}>
            <span class="grow">{titleOf(name)}</span>
            {count > 0 && <span class="count">{count.toLocaleString('en')}</span>}
          </Link>
        )
      })}
    </nav>
  )
}
