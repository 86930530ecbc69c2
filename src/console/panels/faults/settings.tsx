/** Outside services of a system that can be out of order, and its switches. */
import { act, control, here } from '../../api.js'
import { half, t } from '../../language.js'
import type { SystemDetail } from '../../live/details.js'
import { useWish } from '../../live/wish.js'
import { Draft } from '../../parts/draft.js'
import { outageName } from './outages.js'

type Value = string | number

interface SystemSettingsProps {
  readonly system: SystemDetail
  readonly out: readonly string[]
  readonly values: Readonly<Record<string, Value>>
}

export function SystemSettings({ system: { id, outages, settings }, ...known }: SystemSettingsProps) {
  const path = here.value
  const [out, putOut] = useWish(known.out, (next) => act(control.value.PUT('/sandboxes/{sandbox}/outages', { params: { path }, body: { system: id, out: [...next] } })))
  const [values, put] = useWish(known.values, (next) => act(control.value.PUT('/sandboxes/{sandbox}/settings', { params: { path }, body: { system: id, settings: { ...next } } })))
  const turn = (name: string) => { putOut(out.includes(name) ? out.filter((one) => one !== name) : [...out, name]) }
  const set = (name: string, value: Value) => { put({ ...values, [name]: value }) }
  return (
    <>
      {outages.length > 0 && (
        <fieldset>
          <legend>{t('Out of order', '中断的服务')}</legend>
          <div class="checks">{outages.map((name) => <label key={name} class="check"><input type="checkbox" checked={out.includes(name)} onChange={() => { turn(name) }} /> {outageName(name)}{outageName(name) !== name && <code class="faint">{name}</code>}</label>)}</div>
        </fieldset>
      )}
      {settings.length > 0 && (
        <fieldset>
          <legend>{t('Settings', '设置')}</legend>
          {settings.map(({ name, description, allowed, default: usual }) => {
            const value = values[name] ?? usual
            return (
              <label key={name} class="field">
                <span><code>{name}</code>{value !== usual && ` · ${t(`usually ${String(usual)}`, `默认 ${String(usual)}`)}`}</span>
                {Array.isArray(allowed)
                  ? <select value={String(value)} onChange={(event) => { set(name, allowed.find((one) => String(one) === event.currentTarget.value) ?? usual) }}>{allowed.map((one) => <option key={String(one)} value={String(one)}>{String(one)}</option>)}</select>
                  : <Draft type="number" min={allowed.min} max={allowed.max} value={value} take={(field) => { set(name, field.valueAsNumber) }} />}
                <span class="faint">{half(description)}</span>
              </label>
            )
          })}
        </fieldset>
      )}
    </>
  )
}
