/** The form that arms a fault: where, what, how often. */
import { useState } from 'preact/hooks'
import { act, type BodyOf, control, here } from '../../api.js'
import { pick, t } from '../../language.js'
import { conditions, details, errorOf, systemOf } from '../../live/details.js'
import { OperationField } from './operation-field.js'
import { KINDS, type Kind, kindName } from './kinds.js'

type NewFault = BodyOf<'addFault'>['fault']

export function ArmForm() {
  const [where, setWhere] = useState({ system: '*', operationId: '*' })
  const [kind, setKind] = useState<Kind>('error')
  const [error, setError] = useState('')
  const [milliseconds, setMilliseconds] = useState(2000)
  const [status, setStatus] = useState(503)
  const [carriedOut, setCarriedOut] = useState(false)
  const [times, setTimes] = useState('1')
  const [lasting, setLasting] = useState('')
  const [percent, setPercent] = useState(100)

  const system = systemOf(where.system)
  const known = system?.operations.find(({ operationId }) => operationId === where.operationId)?.errors ?? system?.errors.filter(({ condition }) => condition !== 'ok').map((row) => row.error) ?? [...new Set(details.value.flatMap((one) => one.errors.map((row) => row.condition).filter((name) => name !== 'ok')))]
  const chosen = known.includes(error) ? error : (known[0] ?? '')
  const meaning = system === undefined ? undefined : errorOf(system.id, chosen)

  const fault = (): NewFault => {
    switch (kind) {
      case 'error':
        return system === undefined ? { kind, condition: chosen } : { kind, error: chosen }
      case 'latency':
        return { kind, min: milliseconds }
      case 'slow':
        return { kind, milliseconds: Math.max(1, milliseconds) }
      case 'status':
        return { kind, status }
      case 'drop':
        return { kind, carriedOut }
      case 'reset':
      case 'malformed':
        return { kind }
    }
  }
  const arm = (event: SubmitEvent) => {
    event.preventDefault()
    const body = { ...where, fault: fault(), probability: percent / 100, ...(times === '' ? {} : { times: Number(times) }), ...(lasting === '' ? {} : { for: lasting }) }
    void act(control.value.POST('/sandboxes/{sandbox}/faults', { params: { path: here.value }, body }), t('The fault is armed', '故障已布置'))
  }

  return (
    <form class="card" onSubmit={arm} aria-label={t('Arm a fault', '布置故障')}>
      <h2>{t('Arm a fault', '布置故障')}</h2>
      <OperationField where={where} onChange={setWhere} />
      <label class="field"><span>{t('What goes wrong', '出什么故障')}</span>
        <select value={kind} onChange={(event) => { setKind(KINDS.find((one) => one === event.currentTarget.value) ?? 'error') }}>{KINDS.map((one) => <option key={one} value={one}>{kindName(one)}</option>)}</select>
      </label>
      {kind === 'error' && (
        <label class="field"><span>{system === undefined ? t('Condition', '条件') : t('Error', '错误')}</span>
          <select value={chosen} onChange={(event) => { setError(event.currentTarget.value) }}>{known.map((name) => <option key={name} value={name}>{name} · {meaningOf(system?.id, name)}</option>)}</select>
        </label>
      )}
      {kind === 'error' && <p class="faint small">{meaning === undefined ? `${meaningOf(undefined, chosen)}${t('. Each system answers with its own error for it.', '。各系统以自己的错误作答。')}` : `${pick(meaning.meaning)} (${t('code', '错误码')} ${String(meaning.code)})`}</p>}
      {(kind === 'latency' || kind === 'slow') && <label class="field"><span>{t('Milliseconds', '毫秒')}</span><input type="number" min={kind === 'slow' ? 1 : 0} max={600_000} value={milliseconds} onInput={(event) => { setMilliseconds(event.currentTarget.valueAsNumber || 0) }} /></label>}
      {kind === 'status' && <label class="field"><span>{t('HTTP status', 'HTTP 状态')}</span><input type="number" min={200} max={599} value={status} onInput={(event) => { setStatus(event.currentTarget.valueAsNumber || 503) }} /></label>}
      {kind === 'drop' && <label class="check"><input type="checkbox" checked={carriedOut} onChange={(event) => { setCarriedOut(event.currentTarget.checked) }} /> {t('the call is carried out; only its answer is lost', '请求已执行，只丢响应')}</label>}
      <div class="pair">
        <label class="field"><span>{t('Times', '次数')}</span><input type="number" min={1} max={1_000_000} value={times} placeholder={t('for ever', '不限')} onInput={(event) => { setTimes(event.currentTarget.value) }} /></label>
        <label class="field"><span>{t('For how long', '持续')}</span><input value={lasting} maxLength={64} placeholder={t('for ever, or 20s', '不限；或 20s、5m')} autocomplete="off" onInput={(event) => { setLasting(event.currentTarget.value) }} /></label>
      </div>
      <label class="field"><span>{t('Probability', '概率')} {percent} %</span><input type="range" min={1} max={100} value={percent} onInput={(event) => { setPercent(event.currentTarget.valueAsNumber) }} /></label>
      <button class="main">{t('Arm', '布置')}</button>
    </form>
  )
}

/** @returns what an error of a system means, or a condition of any */
function meaningOf(system: string | undefined, name: string): string {
  const row = system === undefined ? conditions.value.get(name) : errorOf(system, name)
  return row === undefined ? '' : pick(row.meaning)
}
