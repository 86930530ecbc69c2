/** The form that arms a fault: where, what, how often. */
import { useState } from 'preact/hooks'
import { act, control, here } from '../../api.js'
import { pick, t } from '../../language.js'
import { FaultFields, faultOf, type Given } from './fault-fields.js'
import { forms } from './kinds.js'
import { OperationField } from './operation-field.js'

export function ArmForm() {
  const [where, setWhere] = useState({ system: '*', operationId: '*' })
  const [kind, setKind] = useState(forms[0]?.kind)
  const [given, setGiven] = useState<Given>({})
  const [times, setTimes] = useState('1')
  const [lasting, setLasting] = useState('')
  const [percent, setPercent] = useState(100)

  const form = forms.find((one) => one.kind === kind)
  const arm = (event: SubmitEvent) => {
    event.preventDefault()
    if (form === undefined) return
    const body = { ...where, fault: faultOf(form, where, given), probability: percent / 100, ...(times === '' ? {} : { times: Number(times) }), ...(lasting === '' ? {} : { for: lasting }) }
    void act(control.value.POST('/sandboxes/{sandbox}/faults', { params: { path: here.value }, body }), t('The fault is armed', '故障已布置'))
  }

  return (
    <form class="card" onSubmit={arm} aria-label={t('Arm a fault', '布置故障')}>
      <h2>{t('Arm a fault', '布置故障')}</h2>
      <OperationField where={where} onChange={setWhere} />
      <label class="field"><span>{t('What goes wrong', '出什么故障')}</span>
        <select value={kind} onChange={(event) => { setKind(event.currentTarget.value) }}>{forms.map((one) => <option key={one.kind} value={one.kind}>{pick(one.title)}</option>)}</select>
      </label>
      {form !== undefined && <FaultFields form={form} where={where} given={given} onChange={setGiven} />}
      <div class="pair">
        <label class="field"><span>{t('Times', '次数')}</span><input type="number" min={1} max={1_000_000} value={times} placeholder={t('for ever', '不限')} onInput={(event) => { setTimes(event.currentTarget.value) }} /></label>
        <label class="field"><span>{t('For how long', '持续')}</span><input value={lasting} maxLength={64} placeholder={t('for ever, or 20s', '不限；或 20s、5m')} autocomplete="off" onInput={(event) => { setLasting(event.currentTarget.value) }} /></label>
      </div>
      <label class="field"><span>{t('Probability', '概率')} {percent} %</span><input type="range" min={1} max={100} value={percent} onInput={(event) => { setPercent(event.currentTarget.valueAsNumber) }} /></label>
      <button class="main">{t('Arm', '布置')}</button>
    </form>
  )
}
