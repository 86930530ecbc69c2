/** One call in full: what it was, why it ended as it did, what it changed, and what can be made of it. */
import { useMemo, useState } from 'preact/hooks'
import { ask, control, here } from '../../api.js'
import { dayAndTime, took } from '../../format.js'
import { half, t } from '../../language.js'
import { type Line, lineOf } from '../../live/calls.js'
import { era } from '../../live/connection.js'
import { systemOf } from '../../live/details.js'
import { useResource } from '../../live/resource.js'
import { go } from '../../place.js'
import { CallActions } from './actions.js'
import { Changes } from './changes.js'
import { Message } from './message.js'
import { Reason } from './reason.js'
import { markOf } from './row.js'
import { Mark } from '../../parts/mark.js'
import { Why } from '../../parts/why.js'
import { referenceOf } from '../../reference.js'

export function CallDetail({ id }: { readonly id: number }) {
  const [secrets, showSecrets] = useState(false)
  const { data, failure, isCurrent } = useResource(() => ask(control.value.GET('/sandboxes/{sandbox}/requests/{id}', { params: { path: { ...here.value, id }, query: { secrets } } })), `${here.value.sandbox} ${String(era.value)} ${String(id)} ${String(secrets)}`, { once: true, keep: true })
  // The list knows how the call ended; the rest follows.
  const line = useMemo(() => lineOf(id), [id, isCurrent])
  // A reset or a rewind may have taken the call away, or have given its number to another.
  const isThere = data !== null && failure === null
  const known = isThere ? { ...data, status: data.response.status } : failure === null ? line : undefined
  return (
    <section class="detail" aria-label={t(`Call ${String(id)}`, `请求 ${String(id)}`)}>
      <header class="detail-head">
        {known === undefined ? <h2 class="grow">{t(`Call ${String(id)}`, `请求 ${String(id)}`)}</h2> : <Title call={known} />}
        <button type="button" class="quiet icon" onClick={() => { go({ item: '' }) }} aria-label={t('Close', '关闭')} aria-keyshortcuts="Escape">✕</button>
      </header>
      {failure !== null && <p class="empty"><Why of={failure} /></p>}
      {isThere && (
        <div class="detail-body" aria-busy={!isCurrent}>
          <CallActions entry={data} secrets={secrets} onSecrets={showSecrets} />
          <Reason entry={data} />
          <Changes changes={data.changes} leftOut={data.changesLeftOut ?? 0} system={data.system} />
          <Message title={t('Request', '请求')} head={`${data.request.method} ${data.request.url}`} headers={data.request.headers} body={data.request.body} />
          <Message title={t('Answer', '响应')} head={data.response.status === 0 ? t('The connection was dropped without an answer', '连接已断开，没有响应') : `HTTP ${String(data.response.status)}`} headers={data.response.headers} body={data.response.body} />
        </div>
      )}
    </section>
  )
}

type Head = Pick<Line, 'id' | 'at' | 'duration' | 'system' | 'operationId' | 'status' | 'error' | 'user'>

function Title({ call }: { readonly call: Head }) {
  const operation = systemOf(call.system)?.operations.find(({ operationId }) => operationId === call.operationId)
  return (
    <div class="grow">
      <h2 class="call-title"><Mark kind={markOf(call)} /> {call.operationId ?? t('No operation', '无此接口')}</h2>
      <p class="faint small">
        {operation !== undefined && <>{half(operation.summary)} · <a href={referenceOf(call.system, operation)}>{t('Reference', '接口文档')}</a> · </>}
        {call.system} · {t(`number ${String(call.id)}`, `${String(call.id)} 号`)} · {dayAndTime(Date.parse(call.at))} · {took(call.duration)}{call.user !== null && t(` · user ${call.user}`, ` · 用户 ${call.user}`)}
      </p>
    </div>
  )
}
