/** All sandboxes: switch, make, reset, delete. */
import { useState } from 'preact/hooks'
import { act, ask, control } from '../../api.js'
import { count, dayAndTime } from '../../format.js'
import { t } from '../../language.js'
import { useInPlace } from '../../live/in-place.js'
import { useResource } from '../../live/resource.js'
import { Link } from '../../parts/link.js'
import { put } from '../../parts/question.js'
import { go, sandbox } from '../../place.js'
import { SANDBOX_NAME } from '../../sandbox-switch.js'

const MOST_SHOWN = 100

export function SandboxTable() {
  const { data } = useResource(() => ask(control.value.GET('/sandboxes')), 'all')
  const [name, setName] = useState('')
  const all = useInPlace(data?.sandboxes ?? [])
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
          return (
            <li key={one.name}>
              <div class="grow">
                <p><Link to={{ sandbox: one.name, panel: 'state' }} current={one.name === sandbox.value}>{one.name}</Link>{one.name === sandbox.value && <span class="tag ok">{t('this one', '当前')}</span>}</p>
                <p class="faint small">{t(`${count(one.requests)} calls`, `${count(one.requests)} 次请求`)} · {dayAndTime(Date.parse(one.now))}{one.frozen && t(' · frozen', ' · 已停住')}{one.faults > 0 && t(` · ${count(one.faults)} faults`, ` · ${count(one.faults)} 条故障`)}</p>
              </div>
              <button type="button" class="small" aria-label={t(`Reset ${one.name}`, `重置 ${one.name}`)} onClick={() => { askReset(one.name) }}>{t('Reset…', '重置…')}</button>
              <button type="button" class="small danger" aria-label={t(`Delete ${one.name}`, `删除 ${one.name}`)} onClick={() => { askDelete(one.name) }}>{t('Delete…', '删除…')}</button>
            </li>
          )
        })}
      </ul>
      {all.length > MOST_SHOWN && <p class="faint">{t(`${count(all.length - MOST_SHOWN)} more: the switch at the top finds them.`, `另有 ${count(all.length - MOST_SHOWN)} 个，可在顶部查找。`)}</p>}
    </section>
  )
}

function askReset(name: string): void {
  put({
    title: t(`Reset ${name}?`, `重置 ${name}？`),
    words: t('It becomes as it was at the start, clock, faults and settings included. There is now:', '它将回到最初的样子，包括时钟、故障与设置。现有：'),
    verb: t('Reset', '重置'),
    sandbox: name,
    carryOut: () => act(control.value.POST('/sandboxes/{sandbox}/reset', { params: { path: { sandbox: name } } }), t(`${name} is as at the start`, `${name} 已重置`)),
  })
}

function askDelete(name: string): void {
  put({
    title: t(`Delete ${name}?`, `删除 ${name}？`),
    words: t('The sandbox goes, with all that there is in it:', '沙箱将被删除，其中的一切随之消失：'),
    verb: t('Delete', '删除'),
    sandbox: name,
    carryOut: () => act(control.value.DELETE('/sandboxes/{sandbox}', { params: { path: { sandbox: name } } }), t(`${name} is deleted`, `${name} 已删除`)),
  })
}
