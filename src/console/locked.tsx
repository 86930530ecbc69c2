/** A stub that is open to other machines asks for its admin token: once for this tab. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { t } from './language.js'
import { token, unlock } from './api.js'

export function Locked() {
  const refused = token.value ?? ''
  const [text, setText] = useState(refused)
  const field = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => { field.current?.focus() }, [])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    unlock(text.trim())
  }
  return (
    <form class="card narrow" onSubmit={submit}>
      <h1>{t('Admin token', '管理令牌')}</h1>
      <p>{t('This stub is open to other machines, so it asks who you are. The token was printed when it started.', '此服务对其他机器开放，因此需要验证身份。令牌在启动时已打印。')}</p>
      {refused !== '' && <p class="gone" role="alert">{t('The stub does not take the token that this tab has.', '服务不接受此标签页的令牌。')}</p>}
      <label class="field">
        <span>{t('Token', '令牌')}</span>
        <input ref={field} value={text} onInput={(event) => { setText(event.currentTarget.value) }} type="password" autocomplete="off" required />
      </label>
      <button class="main">{t('Use it in this tab', '在此标签页使用')}</button>
    </form>
  )
}
