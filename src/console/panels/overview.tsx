/** How things stand: one card for each system. */
import { ask, control, here } from '../api.js'
import { t } from '../language.js'
import { era } from '../live/connection.js'
import { details } from '../live/details.js'
import { useResource } from '../live/resource.js'
import { isOver } from './faults/kinds.js'
import { SystemCard } from './overview/card.js'

/** Users of a system that one may log in as at a click, and as many as are looked at for them: some may be banned. */
const MOST_OFFERED = 3
const ENOUGH = 10

export function OverviewPanel() {
  const path = here.value
  const params = { params: { path } }
  const { data } = useResource(async () => {
    const [{ systems }, { maintenance }, { outages }, { faults }, { backends }] = await Promise.all([
      ask(control.value.GET('/sandboxes/{sandbox}/overview', params)),
      ask(control.value.GET('/sandboxes/{sandbox}/maintenance', params)),
      ask(control.value.GET('/sandboxes/{sandbox}/outages', params)),
      ask(control.value.GET('/sandboxes/{sandbox}/faults', params)),
      ask(control.value.GET('/sandboxes/{sandbox}/backends', params)),
    ])
    return { glances: systems, maintenance, outages, faults, backends }
  }, path.sandbox)
  const ids = details.value.map(({ id }) => id)
  // A few to log in as: asked for once, as calls change who there is but rarely.
  const { data: people } = useResource(async () => {
    const answers = await Promise.all(ids.map((system) => ask(control.value.GET('/sandboxes/{sandbox}/users', { params: { path, query: { system, limit: ENOUGH } } }))))
    return answers.flatMap(({ users }) => users.filter(({ banned }) => !banned).slice(0, MOST_OFFERED))
  }, `${path.sandbox} ${String(era.value)} ${ids.join(' ')}`, { once: true })
  return (
    <div class="sheet">
      <div class="head">
        <h1>{t('Overview', '总览')}</h1>
        <p class="faint small">{t('SMS codes are 123456 unless counted.', '短信验证码为 123456，除非改为依次编号。')}</p>
      </div>
      <ul class="cards systems">
        {details.value.map((system) => (
          <SystemCard
            key={system.id}
            system={system}
            maintenance={data?.maintenance.find((one) => one.system === system.id && one.active) ?? null}
            outages={data?.outages.find((one) => one.system === system.id)?.out ?? []}
            faults={data?.faults.filter((rule) => (rule.system === system.id || rule.system === '*') && !isOver(rule)).length ?? 0}
            backend={data?.backends.find((one) => one.system === system.id && one.url !== null)?.mode ?? null}
            glance={data?.glances.find((one) => one.system === system.id) ?? null}
            users={people?.filter((one) => one.system === system.id) ?? []}
          />
        ))}
      </ul>
    </div>
  )
}
