/** One call in full: what it was, why it ended as it did, what it changed, and what can be made of it. */
import { useState } from 'preact/hooks'
import { ask, control, here } from '../../api.js'
import { dayAndTime, took } from '../../format.js'
import { half, t } from '../../language.js'
import { systemOf } from '../../live/details.js'
import { useResource } from '../../live/resource.js'
import { go } from '../../place.js'
import { CallActions } from './actions.js'
import { Changes } from './changes.js'
import type { Entry } from './entry.js'
import { Message } from './message.js'
import { Reason } from './reason.js'
import { markOf } from './row.js'
import { Mark } from '../../parts/mark.js'
import { referenceOf } from '../../reference.js'

export function CallDetail({ id }: { readonly id: number }) {
  const [secrets, showSecrets] = useState(false)
  const { data, failure } = useResource(() => ask(control.value.GET('/sandboxes/{sandbox}/requests/{id}', { params: { path: { ...here.value, id }, query: { secrets } } })), `${here.value.sandbox} ${String(id)} ${String(secrets)}`, { once: true })
  return (
    <section class="detail" aria-label={t(`Call ${String(id)}`, `请求 ${String(id)}`)}>
      <header class="detail-head">
        {data === null ? <h2 class="grow">{t(`Call ${String(id)}`, `请求 ${String(id)}`)}</h2> : <Title entry={data} />}
        <button type="button" class="quiet icon" onClick={() => { go({ item: '' }) }} aria-label={t('Close', '关闭')} aria-keyshortcuts="Escape">✕</button>
      </header>
      {failure !== null && data === null && <p class="empty">{failure}</p>}
      {data !== null && (
        <div class="detail-body">
          <CallActions entry={data} secrets={secrets} onSecrets={showSecrets} />
          <Reason entry={data} />
          <Changes changes={data.changes} system={data.system} />
          <Message title={t('Request', '请求')} head={`${data.request.method} ${data.request.url}`} headers={data.request.headers} body={data.request.body} />
          <Message title={t('Answer', '响应')} head={data.response.status === 0 ? t('The connection was dropped without an answer', '连接已断开，没有响应') : `HTTP ${String(data.response.status)}`} headers={data.response.headers} body={data.response.body} />
        </div>
      )}
    </section>
  )
}

function Title({ entry }: { readonly entry: Entry }) {
  const operation = systemOf(entry.system)?.operations.find(({ operationId }) => operationId === entry.operationId)
  return (
    <div class="grow">
      <h2 class="call-title"><Mark kind={markOf({ status: entry.response.status, error: entry.error })} /> {entry.operationId ?? t('No operation', '无此接口')}</h2>
      <p class="faint small">
        {operation !== undefined && <>{half(operation.summary)} · <a href={referenceOf(entry.system, operation)}>{t('Reference', '接口文档')}</a> · </>}
        {entry.system} · {t(`number ${String(entry.id)}`, `${String(entry.id)} 号`)} · {dayAndTime(Date.parse(entry.at))} · {took(entry.duration)}{entry.user !== null && t(` · user ${entry.user}`, ` · 用户 ${entry.user}`)}
      </p>
    </div>
  )
}
