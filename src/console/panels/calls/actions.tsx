/** What can be made of a call. */
import { act, control, here } from '../../api.js'
import { t } from '../../language.js'
import { Copy } from '../../parts/copy.js'
import { asCurl, asFetch, isRepeatable, lackOf } from './as-code.js'
import { asTest } from './as-test.js'
import type { Entry } from './entry.js'
import { Moments } from './moments.js'

interface CallActionsProps {
  readonly entry: Entry
  readonly secrets: boolean
  readonly onSecrets: (show: boolean) => void
}

export function CallActions({ entry, secrets, onSecrets }: CallActionsProps) {
  const { system, operationId, error } = entry
  const again = () => {
    if (operationId === null || error === null) return
    void act(
      control.value.POST('/sandboxes/{sandbox}/faults', { params: { path: here.value }, body: { system, operationId, fault: { kind: 'error', error }, times: 1, probability: 1 } }),
      t(`The next ${operationId} is answered with ${error}`, `下一次 ${operationId} 将返回 ${error}`),
    )
  }
  return (
    <div class="buttons">
      {isRepeatable(entry) && (
        <>
          <span class="faint small">{t('Copy as', '复制为')}</span>
          <Copy class="small" text={() => asCurl(entry)} but={lackOf(entry)}>curl</Copy>
          <Copy class="small" text={() => asFetch(entry)} but={lackOf(entry)}>fetch</Copy>
          <Copy class="small" text={() => asTest(entry)}>{t('test', '测试')}</Copy>
        </>
      )}
      {operationId !== null && error !== null && <button type="button" class="small" onClick={again}>{t('Answer the next one so', '下一次也这样回答')}</button>}
      <Moments entry={entry} />
      <button type="button" class="small" aria-pressed={secrets} onClick={() => { onSecrets(!secrets) }}>{t('Show secrets', '显示敏感内容')}</button>
    </div>
  )
}
