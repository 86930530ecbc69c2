/** A stub that is open to other machines asks for its admin token: once for this tab. */
import { useState } from 'preact/hooks'
import { t } from './language.js'
import { unlock } from './api.js'

export function Locked() {
  const [text, setText] = useState('')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    unlock(text.trim())
  }
  return (
    <form class="card narrow" onSubmit={submit}>
      <h1>{t('Admin token', '管理令牌')}</h1>
      <p>{t('This stub is open to other machines, so it asks who you are. The token was printed when it started.', '此服务对其他机器开放，因此需要验证身份。令牌在启动时已打印。')}</p>
      <label class="field">
        <span>{t('Token', '令牌')}</span>
        <input value={text} onInput={(event) => { setText(event.currentTarget.value) }} type="password" autocomplete="off" required autofocus />
      </label>
      <button class="main">{t('Use it in this tab', '在此标签页使用')}</button>
    </form>
  )
}
