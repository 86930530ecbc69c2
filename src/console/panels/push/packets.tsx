/** What went over the sockets, live: openings, frames of apps, deliveries. They are calls in the journal like any other. */
import { timeOfDay } from '../../format.js'
import { t } from '../../language.js'
import { keptLines, version } from '../../live/calls.js'
import type { System } from '../../live/details.js'
import { watch } from '../../live/watch.js'
import { Link } from '../../parts/link.js'
import { Mark } from '../../parts/mark.js'
import { markOf } from '../calls/row.js'

const MOST_SHOWN = 50

export function Packets({ systems }: { readonly systems: readonly System[] }) {
  watch(version)
  const operations = new Set(systems.flatMap(({ sockets }) => sockets.flatMap((socket) => socket.operations)))
  const found = keptLines().filter(({ operationId }) => operationId !== null && operations.has(operationId)).slice(-MOST_SHOWN).reverse()
  return (
    <section class="card">
      <h2>{t('Packets', '推送记录')}</h2>
      {found.length === 0 && <p class="faint">{t('Nothing yet.', '暂无。')}</p>}
      <ul class="packets">
        {found.map((line) => (
          <li key={line.id}>
            <Mark kind={markOf(line)} />
            <span class="faint">{timeOfDay(Date.parse(line.at))}</span>
            <Link to={{ panel: 'calls', item: String(line.id) }}>{line.operationId}</Link>
            <span class="grow faint">{line.user !== null && t(`user ${line.user}`, `用户 ${line.user}`)}</span>
            {line.error !== null && <span class="tag failed">{line.error}</span>}
          </li>
        ))}
      </ul>
    </section>
  )
}
