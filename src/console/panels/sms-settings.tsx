/** Where codes come from, and whether the operator sends them. */
import { act, ask, control, here } from '../api.js'
import { t } from '../language.js'
import { useResource } from '../live/resource.js'

export function SmsSettings() {
  const path = here.value
  const { data } = useResource(() => ask(control.value.GET('/sandboxes/{sandbox}/sms/settings', { params: { path } })), path.sandbox)
  const change = (system: string, what: { source: 'fixed' | 'sequence' } | { operator: 'up' | 'down' }) => void act(control.value.PATCH('/sandboxes/{sandbox}/sms/settings', { params: { path }, body: { system, ...what } }))
  return (
    <section class="card">
    <h2>{t('Where codes come from', '验证码从何而来')}</h2>
    <div class="table bare sms-settings" role="table" aria-label={t('Settings', '设定')}>
      <div role="row" class="tr th">
        <span role="columnheader">{t('System', '系统')}</span>
        <span role="columnheader">{t('Codes', '验证码')}</span>
        <span role="columnheader">{t('Operator', '运营商')}</span>
      </div>
      {(data?.sms ?? []).map(({ system, source, operator }) => (
        <div role="row" class="tr" key={system}>
          <span role="cell" class="mono">{system}</span>
          <span role="cell" class="choice">
            <button type="button" class="small" aria-pressed={source === 'fixed'} onClick={() => { change(system, { source: 'fixed' }) }}>{t('always 123456', '恒为 123456')}</button>
            <button type="button" class="small" aria-pressed={source === 'sequence'} onClick={() => { change(system, { source: 'sequence' }) }}>{t('counted from 100001', '从 100001 起编号')}</button>
          </span>
          <span role="cell" class="choice">
            <button type="button" class="small" aria-pressed={operator === 'up'} onClick={() => { change(system, { operator: 'up' }) }}>{t('up', '正常')}</button>
            <button type="button" class="small" aria-pressed={operator === 'down'} onClick={() => { change(system, { operator: 'down' }) }}>{t('down', '故障')}</button>
          </span>
        </div>
      ))}
    </div>
    </section>
  )
}
