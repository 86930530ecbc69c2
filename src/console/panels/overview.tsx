/** How things stand: one card for each system. */
import { ask, control, here } from '../api.js'
import { t } from '../language.js'
import { details } from '../live/details.js'
import { useResource } from '../live/resource.js'
import { isOver } from './faults/kinds.js'
import { SystemCard } from './overview/card.js'

export function OverviewPanel() {
  const path = here.value
  const { data } = useResource(async () => {
    const params = { params: { path } }
    const [{ maintenance }, { outages }, { faults }, { sessions }, { users }, { backends }] = await Promise.all([
      ask(control.value.GET('/sandboxes/{sandbox}/maintenance', params)),
      ask(control.value.GET('/sandboxes/{sandbox}/outages', params)),
      ask(control.value.GET('/sandboxes/{sandbox}/faults', params)),
      ask(control.value.GET('/sandboxes/{sandbox}/sessions', { params: { path, query: { state: 'active' } } })),
      ask(control.value.GET('/sandboxes/{sandbox}/users', { params: { path, query: { limit: 1000 } } })),
      ask(control.value.GET('/sandboxes/{sandbox}/backends', params)),
    ])
    return { maintenance, outages, faults, sessions, users, backends }
  }, path.sandbox)
  return (
    <div class="sheet">
      <div class="head">
        <h1>{t('Overview', '总览')}</h1>
        <p class="faint small">{t('SMS codes are 123456 unless counted.', '短信验证码为 123456，除非改为依次编号。')}</p>
      </div>
      <ul class="cards">
        {details.value.map((system) => (
          <SystemCard
            key={system.id}
            system={system}
            maintenance={data?.maintenance.find((one) => one.system === system.id && one.active) ?? null}
            outages={data?.outages.find((one) => one.system === system.id)?.out ?? []}
            faults={data?.faults.filter((rule) => (rule.system === system.id || rule.system === '*') && !isOver(rule)).length ?? 0}
            backend={data?.backends.find((one) => one.system === system.id && one.url !== null)?.mode ?? null}
            sessions={data === null ? null : data.sessions.filter((one) => one.system === system.id).length}
            users={data?.users.filter((one) => one.system === system.id && !one.banned).slice(0, 3) ?? []}
          />
        ))}
      </ul>
    </div>
  )
}
