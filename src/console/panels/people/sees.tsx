/** What the app will be told by its next call. */
import { t } from '../../language.js'
import { outcomeOf } from '../../live/details.js'

export function Sees({ system, condition }: { readonly system: string; readonly condition: string }) {
  const outcome = outcomeOf(system, condition)
  if (outcome === undefined) return <span class="faint">{t('The system has its own way of telling.', '由该系统自行告知。')}</span>
  return (
    <span>
      {t('The next call gets ', '下一次请求得到 ')}
      <code>{outcome.error ?? `HTTP ${String(outcome.status)}`}</code>
      {outcome.code !== null && <span class="faint"> ({t('code', '错误码')} {outcome.code})</span>}
    </span>
  )
}
