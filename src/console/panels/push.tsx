/** Open sockets, what goes over them, and something to send. */
import { act, ask, control, here } from '../api.js'
import { count, timeOfDay } from '../format.js'
import { t } from '../language.js'
import { details } from '../live/details.js'
import { useResource } from '../live/resource.js'
import { Packets } from './push/packets.js'
import { SendForm } from './push/send.js'

/** Why a server closes a connection; the codes that apps should know. */
const CLOSINGS = [
  { code: null, name: () => t('cut, as when the network goes (1006)', '切断，如同断网（1006）') },
  { code: 1001, name: () => t('1001 the server goes away', '1001 服务器离开') },
  { code: 1008, name: () => t('1008 against the rules', '1008 违反规则') },
  { code: 1011, name: () => t('1011 the server failed', '1011 服务器出错') },
  { code: 1012, name: () => t('1012 the server restarts', '1012 服务器重启') },
] as const

/** More connections than these are counted. */
const MOST_SHOWN = 100

export function PushPanel() {
  const path = here.value
  const { data } = useResource(() => ask(control.value.GET('/sandboxes/{sandbox}/sockets', { params: { path } })), path.sandbox)
  const withSockets = details.value.filter(({ sockets }) => sockets.length > 0)
  const open = data?.sockets ?? []
  const drop = (id: string, code: number | null) => void act(control.value.DELETE('/sandboxes/{sandbox}/sockets/{id}', { params: { path: { ...path, id }, query: code === null ? {} : { code } } }), t('The connection is closed', '连接已断开'))
  if (details.value.length > 0 && withSockets.length === 0) return <div class="sheet"><h1>{t('Push', '推送')}</h1><p class="empty">{t('No system that is served has a socket.', '所服务的系统没有推送通道。')}</p></div>
  return (
    <div class="sheet">
      <div class="head"><h1>{t('Push', '推送')}</h1></div>
      <div class="columns">
        <section class="card">
          <h2>{t('Connections', '连接')}</h2>
          {data !== null && open.length === 0 && <p class="faint">{t('Nobody is connected. What is sent waits in the mailbox until its owner comes.', '没有连接。推送会留在收件箱，直到用户上线。')}</p>}
          <ul class="rules">
            {open.slice(0, MOST_SHOWN).map(({ id, system, socket, user, openedAt, waiting }) => (
              <li key={id}>
                <div class="grow">
                  <p><b>{user === null ? t('not logged in', '未登录') : t(`user ${user}`, `用户 ${user}`)}</b> <span class="mono faint small">{system}/{socket}</span></p>
                  <p class="faint small"><span class="mono">{id}</span> · {t('since', '始于')} {timeOfDay(Date.parse(openedAt))}{waiting > 0 && t(` · ${String(waiting)} bytes not taken yet`, ` · ${String(waiting)} 字节尚未取走`)}</p>
                </div>
                <select aria-label={t(`Close ${id}`, `断开 ${id}`)} value="" onChange={(event) => {
                  const chosen = CLOSINGS[Number(event.currentTarget.value)]
                  event.currentTarget.value = ''
                  if (chosen !== undefined) drop(id, chosen.code)
                }}>
                  <option value="" disabled>{t('Close…', '断开…')}</option>
                  {CLOSINGS.map(({ code, name }, i) => <option key={code} value={i}>{name()}</option>)}
                </select>
              </li>
            ))}
          </ul>
          {open.length > MOST_SHOWN && <p class="faint small">{t(`${count(open.length - MOST_SHOWN)} younger ones are not listed.`, `另有 ${count(open.length - MOST_SHOWN)} 个较新的连接未列出。`)}</p>}
        </section>
        {withSockets.length > 0 && <SendForm systems={withSockets} open={open} />}
      </div>
      <Packets systems={withSockets} />
    </div>
  )
}
