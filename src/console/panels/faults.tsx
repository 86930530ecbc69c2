/** What is to go wrong: rules, networks, maintenance, outages and settings. */
import { ask, control, here } from '../api.js'
import { t } from '../language.js'
import { details } from '../live/details.js'
import { useResource } from '../live/resource.js'
import { ArmForm } from './faults/arm.js'
import { MaintenanceCard } from './faults/maintenance.js'
import { NetworkButtons } from './faults/networks.js'
import { Rules } from './faults/rules.js'
import { SystemSettings } from './faults/settings.js'

export function FaultsPanel() {
  const path = here.value
  const { data } = useResource(async () => {
    const params = { params: { path } }
    const [{ faults }, { maintenance }, { outages }, { settings }, network] = await Promise.all([
      ask(control.value.GET('/sandboxes/{sandbox}/faults', params)),
      ask(control.value.GET('/sandboxes/{sandbox}/maintenance', params)),
      ask(control.value.GET('/sandboxes/{sandbox}/outages', params)),
      ask(control.value.GET('/sandboxes/{sandbox}/settings', params)),
      ask(control.value.GET('/sandboxes/{sandbox}/network', params)),
    ])
    return { faults, maintenance, outages, settings, network }
  }, path.sandbox)
  return (
    <div class="sheet">
      <div class="head"><h1>{t('Faults', '故障')}</h1></div>
      <NetworkButtons state={data?.network ?? null} />
      <div class="columns">
        <ArmForm />
        <Rules rules={data?.faults ?? null} />
      </div>
      <h2>{t('Systems', '系统')}</h2>
      <ul class="cards">
        {details.value.map((system) => (
          <li key={system.id} class="card">
            <h2 class="mono">{system.id}</h2>
            <MaintenanceCard system={system.id} state={data?.maintenance.find((one) => one.system === system.id) ?? null} />
            <SystemSettings system={system} out={data?.outages.find((one) => one.system === system.id)?.out ?? []} values={data?.settings.find((one) => one.system === system.id)?.settings ?? {}} />
          </li>
        ))}
      </ul>
    </div>
  )
}
