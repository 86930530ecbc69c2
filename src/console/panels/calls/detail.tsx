/** One call in full. */
import { ask, control, here } from '../../api.js'
import { t } from '../../language.js'
import { useResource } from '../../live/resource.js'
import { go } from '../../place.js'

export function CallDetail({ id }: { readonly id: number }) {
  const { data, failure } = useResource(() => ask(control.value.GET('/sandboxes/{sandbox}/requests/{id}', { params: { path: { ...here.value, id } } })), `${here.value.sandbox} ${String(id)}`)
  return (
    <section class="detail" aria-label={t(`Call ${String(id)}`, `请求 ${String(id)}`)}>
      <button type="button" class="quiet" onClick={() => { go({ item: '' }) }} aria-label={t('Close', '关闭')}>✕</button>
      {failure !== null && <p>{failure}</p>}
      {data !== null && <pre>{JSON.stringify(data, null, 2)}</pre>}
    </section>
  )
}
