/** What went over the sockets, live: openings, frames of apps, deliveries. They are calls in the journal like any other. */
import { useState } from 'preact/hooks'
import { ask, control, here } from '../../api.js'
import { timeOfDay } from '../../format.js'
import { t } from '../../language.js'
import { keptLines, type Line, version } from '../../live/calls.js'
import type { SystemDetail } from '../../live/details.js'
import { useResource } from '../../live/resource.js'
import { watch } from '../../live/watch.js'
import { Json, pretty } from '../../parts/json.js'
import { Link } from '../../parts/link.js'
import { Mark } from '../../parts/mark.js'
import { Why } from '../../parts/why.js'
import { markOf } from '../calls/row.js'

const MOST_SHOWN = 50

/** What goes which way: by the place of its operation in the list of a socket's. */
const WAYS = ['open', 'in', 'out'] as const
type Way = (typeof WAYS)[number]

export function Packets({ systems }: { readonly systems: readonly SystemDetail[] }) {
  watch(version)
  const ways = new Map(systems.flatMap(({ sockets }) => sockets.flatMap(({ operations }) => operations.map((name, i) => [name, WAYS[i] ?? 'in'] as const))))
  const all = keptLines().filter(({ operationId }) => operationId !== null && ways.has(operationId))
  const found = all.slice(-MOST_SHOWN).reverse()
  return (
    <section class="card">
      <h2>{t('Packets', '推送记录')}</h2>
      {found.length === 0 && <p class="faint">{t('Nothing yet. What an app sends and gets over a socket appears here by itself.', '暂无。应用经推送通道收发的内容会自动出现在这里。')}</p>}
      <ul class="packets">
        {found.map((line) => <Packet key={line.id} line={line} way={ways.get(line.operationId ?? '') ?? 'in'} />)}
      </ul>
      {all.length > found.length && <p class="faint small">{t(`The newest ${String(found.length)}; `, `最新 ${String(found.length)} 条；`)}<Link to={{ panel: 'calls', query: { method: 'WS' } }}>{t('all of them are among the calls', '全部见请求日志')}</Link></p>}
    </section>
  )
}

function Packet({ line, way }: { readonly line: Line; readonly way: Way }) {
  const [isOpen, setOpen] = useState(false)
  const words = { open: t('connects', '连接'), in: t('from the app', '应用发来'), out: t('to the app', '发给应用') }[way]
  return (
    <li>
      <details onToggle={(event) => { setOpen(event.currentTarget.open) }}>
        <summary>
          <Mark kind={markOf(line)} />
          <span class="faint time">{timeOfDay(Date.parse(line.at))}</span>
          <span class="way"><span aria-hidden="true">{{ open: '↔', in: '→', out: '←' }[way]}</span> {words}</span>
          <span class="grow faint">{line.user !== null && t(`user ${line.user}`, `用户 ${line.user}`)}</span>
          {line.error !== null && <span class="tag failed">{line.error}</span>}
        </summary>
        {isOpen && <Content id={line.id} />}
      </details>
    </li>
  )
}

function Content({ id }: { readonly id: number }) {
  const path = { ...here.value, id }
  const { data, failure } = useResource(() => ask(control.value.GET('/sandboxes/{sandbox}/requests/{id}', { params: { path } })), JSON.stringify(path), { once: true })
  const sent = data?.request.body?.text ?? ''
  const got = data?.response.body?.text ?? ''
  return (
    <div class="content">
      {failure !== null && <p class="faint"><Why of={failure} /></p>}
      {sent !== '' && <Frames title={t('From the app', '应用发来')} text={sent} />}
      {got !== '' && <Frames title={t('To the app', '发给应用')} text={got} />}
      {data !== null && sent === '' && got === '' && <p class="faint small">{t('Nothing was said.', '没有内容。')}</p>}
      <p class="small"><Link to={{ panel: 'calls', item: String(id) }}>{t('The call in full', '查看完整请求')}</Link></p>
    </div>
  )
}

/** Several frames of one answer stand on lines of their own. */
function Frames({ title, text }: { readonly title: string; readonly text: string }) {
  const shown = pretty(text) ?? text.split('\n').map((line) => pretty(line) ?? line).join('\n')
  return (
    <figure class="preview">
      <figcaption class="faint small">{title}</figcaption>
      <pre class="code" tabIndex={0} aria-label={title}><Json text={shown} /></pre>
    </figure>
  )
}
