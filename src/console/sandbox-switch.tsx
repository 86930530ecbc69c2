/** Which sandbox the page is about, and the way to another one. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { act, ask, control } from './api.js'
import { count } from './format.js'
import { t } from './language.js'
import { useInPlace } from './live/in-place.js'
import { useResource } from './live/resource.js'
import { panel, sandbox, go } from './place.js'

/** More than this are found by typing. */
const MOST_LISTED = 50
export const SANDBOX_NAME = '[A-Za-z0-9][A-Za-z0-9._\\-]{0,63}'

export function SandboxSwitch() {
  const menu = useRef<HTMLDivElement>(null)
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" class="switch" popovertarget="sandboxes" aria-label={t(`Sandbox ${sandbox.value}: switch`, `沙箱 ${sandbox.value}：切换`)}>
        <span class="faint">{t('Sandbox', '沙箱')}</span> <b>{sandbox.value}</b>
        <svg viewBox="0 0 10 6" width="10" height="6" aria-hidden="true"><path d="M1 1l4 4 4-4" fill="none" stroke="currentColor" stroke-width="1.5" /></svg>
      </button>
      <div id="sandboxes" ref={menu} popover="auto" class="menu" onToggle={(event) => { setOpen(event.newState === 'open') }}>
        {isOpen && <Choice onChosen={() => { menu.current?.hidePopover() }} />}
      </div>
    </>
  )
}

function Choice({ onChosen }: { readonly onChosen: () => void }) {
  const [text, setText] = useState('')
  const field = useRef<HTMLInputElement>(null)
  // `autofocus` is for what is there when the menu opens.
  useLayoutEffect(() => { field.current?.focus() }, [])
  const { data } = useResource(() => ask(control.value.GET('/sandboxes')), 'sandboxes')
  const names = useInPlace(data?.sandboxes ?? [])
  const found = names.filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()))
  const visit = (name: string) => {
    go({ sandbox: name, panel: panel.value })
    onChosen()
  }
  const make = async (event: SubmitEvent) => {
    event.preventDefault()
    const name = text.trim()
    if (names.some((one) => one.name === name)) {
      visit(name)
      return
    }
    const made = await act(control.value.POST('/sandboxes', { body: name === '' ? {} : { name } }))
    if (made !== null) visit(made.name)
  }
  return (
    <form onSubmit={(event) => void make(event)}>
      <input ref={field} value={text} onInput={(event) => { setText(event.currentTarget.value) }} pattern={SANDBOX_NAME} aria-label={t('Find or name a sandbox', '查找或命名沙箱')} placeholder={t('Find, or name a new one', '查找，或为新沙箱命名')} autocomplete="off" />
      <ul>
        {found.slice(0, MOST_LISTED).map(({ name, requests }) => (
          <li key={name}>
            <button type="button" class="row" onClick={() => { visit(name) }} aria-current={name === sandbox.value ? 'true' : undefined}>
              <span class="grow">{name}</span>
              <span class="faint">{t(`${count(requests)} calls`, `${count(requests)} 次请求`)}</span>
            </button>
          </li>
        ))}
      </ul>
      {found.length > MOST_LISTED && <p class="faint">{t(`${count(found.length - MOST_LISTED)} more: type to find one`, `另有 ${count(found.length - MOST_LISTED)} 个，输入名称查找`)}</p>}
      <button class="main wide">{text.trim() === '' ? t('New sandbox', '新建沙箱') : names.some((one) => one.name === text.trim()) ? t(`Go to ${text.trim()}`, `前往 ${text.trim()}`) : t(`New sandbox ${text.trim()}`, `新建沙箱 ${text.trim()}`)}</button>
    </form>
  )
}
