/** The inbox: every code that was "sent", big enough to be read across the desk. */
import { ask, control, here, type Schemas } from '../api.js'
import { count, timeOfDay } from '../format.js'
import { t } from '../language.js'
import { askToTell, mayTell } from '../live/codes.js'
import { useResource } from '../live/resource.js'
import { Copy } from '../parts/copy.js'
import { Countdown } from '../parts/countdown.js'
import { SmsSettings } from './sms-settings.js'

type Message = Schemas['SmsMessage']

const MOST_SHOWN = 60

export function SmsPanel() {
  const path = here.value
  const { data } = useResource(() => ask(control.value.GET('/sandboxes/{sandbox}/sms', { params: { path, query: { limit: MOST_SHOWN } } })), path.sandbox)
  const messages = data?.messages ?? []
  const older = (data?.total ?? 0) - messages.length
  return (
    <div class="sheet">
      <div class="head">
        <h1>{t('SMS', '短信')}</h1>
        {mayTell.value === 'default' && <button type="button" class="small" onClick={() => void askToTell()}>{t('Notify me', '浏览器通知')}</button>}
        {mayTell.value === 'granted' && <p class="faint small">{t('The browser tells of codes while this page is in the background.', '页面在后台时，新验证码由浏览器通知。')}</p>}
      </div>
      {data !== null && messages.length === 0 && <p class="empty">{t('No code has been sent yet. When an app asks for one, it appears here.', '还没有发出验证码。应用请求验证码后会出现在这里。')}</p>}
      <ul class="cards inbox" aria-live="polite">
        {messages.map((message) => <MessageCard key={`${message.system}/${message.key}`} message={message} />)}
      </ul>
      {older > 0 && <p class="faint">{t(`${count(older)} older messages are not shown.`, `另有 ${count(older)} 条更早的短信未显示。`)}</p>}
      <SmsSettings />
    </div>
  )
}

function MessageCard({ message: { system, phone, code, state, sentAt, expiresAt, earlier } }: { readonly message: Message }) {
  const name = { valid: t('valid', '有效'), used: t('used', '已使用'), expired: t('expired', '已过期') }[state]
  return (
    <li class={`card sms ${state}`}>
      <p class="part-head"><span class="grow">{phone} <span class="mono faint small">{system}</span></span><span class="faint small">{timeOfDay(Date.parse(sentAt))}</span></p>
      <p class="big-code"><span class="grow">{code}</span><Copy text={code} label={t(`Copy the code ${code}`, `复制验证码 ${code}`)} /></p>
      <p class="part-head">
        <span class={`tag ${state === 'valid' ? 'ok' : 'plain'}`}>{name}</span>
        <span class="grow" />
        {state === 'valid' && <Countdown from={Date.parse(sentAt)} to={expiresAt === null ? null : Date.parse(expiresAt)} of={t(`Code ${code}`, `验证码 ${code}`)} />}
      </p>
      {earlier.length > 0 && <p class="faint small">{t('void now: ', '已失效：')}{earlier.map((one) => one.code).join(', ')}</p>}
    </li>
  )
}
