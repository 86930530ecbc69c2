/** Real backends beside the stub: which operations they answer, and where they are not what the contract says. */
import { useRef } from 'preact/hooks'
import { ask, control, here } from '../api.js'
import { t } from '../language.js'
import { details } from '../live/details.js'
import { useResource } from '../live/resource.js'
import { Why } from '../parts/why.js'
import { BackendCard } from './backends/card.js'
import { DriftList } from './backends/drift.js'

export function BackendsPanel() {
  const path = here.value
  const { data, failure } = useResource(async () => {
    const params = { params: { path } }
    const [{ backends }, drift] = await Promise.all([
      ask(control.value.GET('/sandboxes/{sandbox}/backends', params)),
      ask(control.value.GET('/sandboxes/{sandbox}/drift', params)),
    ])
    return { backends, drift }
  }, path.sandbox)
  // Those that have one as the panel opens stand first; where they are then, they stay.
  const first = useRef<ReadonlySet<string> | null>(null)
  first.current ??= data === null ? null : new Set(data.backends.filter(({ url }) => url !== null).map(({ system }) => system))
  const rank = (id: string) => Number(first.current?.has(id) !== true)
  return (
    <div class="sheet">
      <div class="head"><h1>{t('Real backends', '真实后端')}</h1></div>
      <p class="lead">{t('Where a real backend begins to exist, it can answer for the stub, operation by operation. Faults and maintenance act before anything is sent to it, and each of its answers is held against the contract.', '真实后端开始可用后，可按接口逐个代替替身应答。故障与维护在转发之前起作用，它的每个应答都与契约对照。')}</p>
      {failure !== null && <p class="gone"><Why of={failure} /></p>}
      <ul class="cards backends">
        {[...details.value].sort((a, b) => rank(a.id) - rank(b.id)).map((system) => <BackendCard key={system.id} system={system} backend={data?.backends.find((one) => one.system === system.id) ?? null} />)}
      </ul>
      <DriftList report={data?.drift ?? null} isAny={data?.backends.some(({ url }) => url !== null) ?? false} />
    </div>
  )
}
