/** The rules in force and those that are used up, with what they have done. */
import { act, control, here } from '../../api.js'
import { count, span } from '../../format.js'
import { t } from '../../language.js'
import { tick } from '../../live/tick.js'
import { watch } from '../../live/watch.js'
import { Mark } from '../../parts/mark.js'
import { describeFault, isOver, type Rule, timeLeft } from './kinds.js'

export function Rules({ rules }: { readonly rules: readonly Rule[] | null }) {
  const params = { params: { path: here.value } }
  return (
    <section class="card">
      <header class="part-head">
        <h2 class="grow">{t('Armed', '已布置')}</h2>
        {rules !== null && rules.length > 0 && <button type="button" class="small danger" onClick={() => void act(control.value.DELETE('/sandboxes/{sandbox}/faults', params), t('All faults are removed', '故障已全部移除'))}>{t('Remove all', '全部移除')}</button>}
      </header>
      {rules?.length === 0 && <p class="faint">{t('Nothing goes wrong on purpose.', '没有布置故障。')}</p>}
      <ul class="rules armed">
        {(rules ?? []).map((rule) => <RuleRow key={rule.id} rule={rule} />)}
      </ul>
    </section>
  )
}

function RuleRow({ rule }: { readonly rule: Rule }) {
  const { id, system, operationId, times, probability, matched, fired } = rule
  watch(tick)
  const isSpent = isOver(rule)
  const left = timeLeft(rule)
  const place = operationId === '*' ? (system === '*' ? t('every call', '所有请求') : t(`every call of ${system}`, `${system} 的所有请求`)) : operationId
  const often = times === 0 ? t('used up', '已用完') : left === 0 ? t('over', '已结束') : times === null && left !== null ? t(`${span(left)} left`, `还剩 ${span(left)}`) : times === null ? t('for ever', '不限次') : t(`${count(times)} more`, `还有 ${count(times)} 次`)
  return (
    <li class={isSpent ? 'spent' : ''}>
      <Mark kind={isSpent ? 'waiting' : 'failed'} />
      <div class="grow">
        <p><b>{describeFault(rule)}</b> <span class="faint">{t('on', '于')}</span> {place}</p>
        <p class="faint small">{often}{probability < 1 && ` · ${String(Math.round(probability * 100))} %`} · {t(`fired ${count(fired)} of ${count(matched)}`, `${count(matched)} 次中触发 ${count(fired)} 次`)} · <span class="mono">{id}</span></p>
      </div>
      <button type="button" class="quiet icon" aria-label={t(`Remove ${id}`, `移除 ${id}`)} onClick={() => void act(control.value.DELETE('/sandboxes/{sandbox}/faults/{id}', { params: { path: { ...here.value, id } } }))}>✕</button>
    </li>
  )
}
