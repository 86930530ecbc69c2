/** Planned downtime of a system: the text of `Server-Status`, the HTTP status. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { act, ask, control, here, type Schemas } from '../../api.js'
import { t } from '../../language.js'
import { useResource } from '../../live/resource.js'
import { Json, pretty } from '../../parts/json.js'
import { Why } from '../../parts/why.js'

interface MaintenanceCardProps {
  readonly system: string
  readonly state: Schemas['Maintenance'] | null
}

export function MaintenanceCard({ system, state }: MaintenanceCardProps) {
  const [text, setText] = useState('maintenance')
  const [status, setStatus] = useState('')
  const [isOpen, setOpen] = useState(false)
  const isOn = state?.active === true
  const end = useRef<HTMLButtonElement>(null)
  const heading = useRef<HTMLElement>(null)
  // What is pressed here goes with what it has done; the focus goes on to what takes its place.
  const isPressed = useRef(false)
  useLayoutEffect(() => {
    if (isPressed.current && document.activeElement === document.body) (end.current ?? heading.current)?.focus()
    isPressed.current = false
  }, [isOn])
  const carryOut = async (call: Promise<unknown>) => {
    isPressed.current = true
    if (await call === null) isPressed.current = false
  }
  const params = { params: { path: here.value } }
  const begin = (event: SubmitEvent) => {
    event.preventDefault()
    const body = { system, ...(text === '' ? {} : { status: text }), ...(status === '' ? {} : { httpStatus: Number(status) }) }
    void carryOut(act(control.value.PUT('/sandboxes/{sandbox}/maintenance', { ...params, body }), t(`${system} is in maintenance`, `${system} 已进入维护`)))
  }
  if (isOn) {
    return (
      <div class="maintenance on">
        <p><span class="tag failed">{t('maintenance', '维护中')}</span> <code>Server-Status: {state.status}</code>{state.httpStatus !== null && <> · HTTP {state.httpStatus}</>}</p>
        <button ref={end} type="button" class="main" onClick={() => void carryOut(act(control.value.DELETE('/sandboxes/{sandbox}/maintenance', { params: { path: here.value, query: { system } } }), t(`${system} is back`, `${system} 已恢复服务`)))}>{t('End maintenance', '结束维护')}</button>
      </div>
    )
  }
  return (
    <details class="maintenance" open={isOpen} onToggle={(event) => { setOpen(event.currentTarget.open) }}>
      <summary ref={heading}>{t('Maintenance', '维护')}</summary>
      <form onSubmit={begin}>
        <div class="pair">
          <label class="field"><span>Server-Status</span><input value={text} pattern="[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?" maxLength={200} onInput={(event) => { setText(event.currentTarget.value) }} /></label>
          <label class="field"><span>{t('HTTP status', 'HTTP 状态')}</span><input type="number" min={200} max={599} value={status} placeholder={t('its own', '由系统决定')} onInput={(event) => { setStatus(event.currentTarget.value) }} /></label>
        </div>
        {isOpen && <Preview system={system} text={text} status={status} />}
        <button>{t('Begin maintenance', '开始维护')}</button>
      </form>
    </details>
  )
}

/** What an app will get, before it is switched on. */
function Preview({ system, text, status }: { readonly system: string; readonly text: string; readonly status: string }) {
  const query = { system, ...(text === '' ? {} : { status: text }), ...(status === '' ? {} : { httpStatus: Number(status) }) }
  const { data, failure } = useResource(() => ask(control.value.GET('/sandboxes/{sandbox}/maintenance/answer', { params: { path: here.value, query } })), JSON.stringify(query), { once: true })
  return (
    <figure class="preview" aria-label={t('What an app will get', '应用将得到的响应')}>
      <figcaption class="faint small">{t('What an app will get', '应用将得到的响应')}</figcaption>
      {failure !== null && <p class="faint small"><Why of={failure} /></p>}
      <pre class="code">{data === null ? ' \n ' : <>{`HTTP ${String(data.status)}\n`}{Object.entries(data.headers).map(([name, value]) => `${name}: ${String(value)}\n`)}{data.body === '' ? <span class="faint">{t('(no body)', '（没有正文）')}</span> : <Json text={pretty(data.body) ?? data.body} />}</>}</pre>
    </figure>
  )
}
