/** Sends a packet to a user, connected or not, beginning with the system's own example. */
import { useEffect, useState } from 'preact/hooks'
import { act, ask, type BodyOf, control, here, type Schemas } from '../../api.js'
import { t } from '../../language.js'
import type { SystemDetail } from '../../live/details.js'
import { useResource } from '../../live/resource.js'
import { complain, note } from '../../notices.js'
import { nameOf } from '../people/names.js'

/** As many are offered; more are found by typing. */
const MOST_OFFERED = 50

interface SendFormProps {
  readonly systems: readonly SystemDetail[]
  readonly open: readonly Schemas['Socket'][]
}

export function SendForm({ systems, open }: SendFormProps) {
  const sockets = systems.flatMap(({ id, sockets: all }) => all.map((socket) => ({ system: id, socket })))
  const [chosen, choose] = useState(0)
  const [user, setUser] = useState('')
  const [text, setText] = useState<string | null>(null)
  const place = sockets[chosen] ?? sockets[0]
  const [q, setQ] = useState('')
  const [isMany, setMany] = useState(false)
  const query = { limit: MOST_OFFERED, loggedIn: 'first' as const, ...(place === undefined ? {} : { system: place.system }), ...(q.trim() === '' ? {} : { q }) }
  const { data } = useResource(() => ask(control.value.GET('/sandboxes/{sandbox}/users', { params: { path: here.value, query } })), JSON.stringify([here.value, query]), { once: true, keep: true })
  // Once there were too many to be offered, the field stays, however few a text leaves.
  useEffect(() => {
    if (data !== null && data.total > MOST_OFFERED) setMany(true)
  }, [data])
  if (place === undefined) return null
  const packet = text ?? JSON.stringify(place.socket.packet, null, 2)
  const users = data?.users ?? []
  const receiver = users.some(({ id }) => id === user) ? user : (open.find((one) => one.system === place.system && one.user !== null)?.user ?? users[0]?.id ?? '')
  const isOnline = (id: string) => open.some((one) => one.system === place.system && one.user === id)
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    let parsed: BodyOf<'sendPacket'>['packet']
    try {
      parsed = JSON.parse(packet) as BodyOf<'sendPacket'>['packet'] // the stub says what does not fit
    } catch (error) {
      complain(t(`The packet is no JSON: ${String(error)}`, `推送内容不是 JSON：${String(error)}`))
      return
    }
    const sent = await act(control.value.POST('/sandboxes/{sandbox}/sockets/packets', { params: { path: here.value }, body: { system: place.system, user: receiver, socket: place.socket.name, packet: parsed } }))
    if (sent !== null) note(sent.connected ? t('Delivered', '已送达') : t('In the mailbox, for when the user comes', '已放入收件箱，等用户上线'))
  }
  return (
    <form class="card" onFocusIn={() => { setUser(receiver) }} onSubmit={(event) => void send(event)} aria-label={t('Send a packet', '发送推送')}>
      <h2>{t('Send a packet', '发送推送')}</h2>
      {sockets.length > 1 && <label class="field"><span>{t('Socket', '通道')}</span><select value={chosen} onChange={(event) => { choose(Number(event.currentTarget.value)); setText(null) }}>{sockets.map(({ system, socket }, i) => <option key={`${system}/${socket.name}`} value={i}>{system} · {socket.name}</option>)}</select></label>}
      {isMany && <label class="field"><span>{t('Find a user', '查找用户')}</span><input type="search" value={q} maxLength={200} onInput={(event) => { setQ(event.currentTarget.value) }} autocomplete="off" /></label>}
      <label class="field"><span>{t('To', '接收者')}</span>
        <select value={receiver} onChange={(event) => { setUser(event.currentTarget.value) }}>{users.map((one) => <option key={one.id} value={one.id}>{nameOf(one)} · {one.id}{isOnline(one.id) ? t(' · connected', ' · 在线') : ''}</option>)}</select>
      </label>
      <label class="field"><span>{t('Packet', '内容')}</span><textarea class="mono" rows={9} value={packet} spellcheck={false} onInput={(event) => { setText(event.currentTarget.value) }} /></label>
      <p class="buttons">
        <button class="main">{t('Send', '发送')}</button>
        {text !== null && <button type="button" onClick={() => { setText(null) }}>{t('Back to the example', '恢复样例')}</button>}
      </p>
    </form>
  )
}
