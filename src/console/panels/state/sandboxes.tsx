/** All sandboxes: switch, make, reset, delete. */
import { useState } from 'preact/hooks'
import { act, ask, control } from '../../api.js'
import { count, dayAndTime } from '../../format.js'
import { t } from '../../language.js'
import { useResource } from '../../live/resource.js'
import { Link } from '../../parts/link.js'
import { go, sandbox } from '../../place.js'
import { SANDBOX_NAME } from '../../sandbox-switch.js'

const MOST_SHOWN = 100

export function SandboxTable() {
  const { data } = useResource(() => ask(control.value.GET('/sandboxes')), 'all')
  const [name, setName] = useState('')
  const all = data?.sandboxes ?? []
  const make = async (event: SubmitEvent) => {
    event.preventDefault()
    const made = await act(control.value.POST('/sandboxes', { body: name === '' ? {} : { name } }))
    if (made === null) return
    setName('')
    go({ sandbox: made.name, panel: 'state' })
  }
  return (
    <section class="card">
      <header class="part-head">
        <h2 class="grow">{t('All sandboxes', '所有沙箱')}</h2>
        <form class="inline-form" onSubmit={(event) => void make(event)}>
          <input value={name} pattern={SANDBOX_NAME} onInput={(event) => { setName(event.currentTarget.value) }} aria-label={t('Name of a new sandbox', '新沙箱的名称')} placeholder={t('name, or none', '名称，可留空')} autocomplete="off" />
          <button class="main">{t('New', '新建')}</button>
        </form>
      </header>
      <ul class="rules">
        {all.slice(0, MOST_SHOWN).map((one) => {
          const params = { params: { path: { sandbox: one.name } } }
          return (
            <li key={one.name}>
              <div class="grow">
                <p><Link to={{ sandbox: one.name, panel: 'state' }} current={one.name === sandbox.value}>{one.name}</Link>{one.name === sandbox.value && <span class="tag ok">{t('this one', '当前')}</span>}</p>
                <p class="faint small">{t(`${count(one.requests)} calls`, `${count(one.requests)} 次请求`)} · {dayAndTime(Date.parse(one.now))}{one.frozen && t(' · frozen', ' · 已停住')}{one.faults > 0 && t(` · ${count(one.faults)} faults`, ` · ${count(one.faults)} 条故障`)}</p>
              </div>
              <button type="button" class="small" aria-label={t(`Reset ${one.name}`, `重置 ${one.name}`)} onClick={() => void act(control.value.POST('/sandboxes/{sandbox}/reset', params), t(`${one.name} is as at the start`, `${one.name} 已重置`))}>{t('Reset', '重置')}</button>
              <button type="button" class="small danger" aria-label={t(`Delete ${one.name}`, `删除 ${one.name}`)} onClick={() => void act(control.value.DELETE('/sandboxes/{sandbox}', params), t(`${one.name} is deleted`, `${one.name} 已删除`))}>{t('Delete', '删除')}</button>
            </li>
          )
        })}
      </ul>
      {all.length > MOST_SHOWN && <p class="faint">{t(`${count(all.length - MOST_SHOWN)} more: the switch at the top finds them.`, `另有 ${count(all.length - MOST_SHOWN)} 个，可在顶部查找。`)}</p>}
    </section>
  )
}
