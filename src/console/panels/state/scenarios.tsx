/** Overlays on the records that come with the systems. */
import { act, ask, control, here } from '../../api.js'
import { pick, t } from '../../language.js'
import { useResource } from '../../live/resource.js'

export function Scenarios() {
  const path = here.value
  const { data } = useResource(() => ask(control.value.GET('/sandboxes/{sandbox}/scenarios', { params: { path } })), path.sandbox, { once: true })
  return (
    <section class="card">
      <h2>{t('Scenarios', '场景')}{data !== null && data.scenarios.length > 0 && <span class="faint small"> {data.scenarios.length}</span>}</h2>
      {data?.scenarios.length === 0 && <p class="faint">{t('The systems served bring none.', '所服务的系统没有自带场景。')}</p>}
      <ul class="rules scenarios">
        {(data?.scenarios ?? []).map(({ system, name, description }) => (
          <li key={`${system}/${name}`}>
            <div class="grow"><p><b>{name}</b> <span class="mono faint small">{system}</span></p><p class="faint small">{pick(description)}</p></div>
            <button type="button" class="small" aria-label={t(`Apply ${name}`, `套用 ${name}`)} onClick={() => void act(control.value.PUT('/sandboxes/{sandbox}/scenario', { params: { path }, body: { name, system } }), t(`${name} is applied`, `已套用 ${name}`))}>{t('Apply', '套用')}</button>
          </li>
        ))}
      </ul>
    </section>
  )
}
