/** How something stands, by shape as well as by colour. */
import { t } from '../language.js'

export type MarkKind = 'ok' | 'failed' | 'broken' | 'waiting'

export function Mark({ kind }: { readonly kind: MarkKind }) {
  const name = { ok: t('success', '成功'), failed: t('refused', '失败'), broken: t('broken', '出错'), waiting: t('waiting', '等待') }[kind]
  return (
    <svg class={`shape ${kind}`} viewBox="0 0 12 12" width="12" height="12" role="img" aria-label={name}>
      {kind === 'ok' && <circle cx="6" cy="6" r="4" />}
      {kind === 'failed' && <path d="M6 1.2 11 10.4H1z" />}
      {kind === 'broken' && <path d="M2.2 2.2l7.6 7.6M9.8 2.2 2.2 9.8" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />}
      {kind === 'waiting' && <circle cx="6" cy="6" r="3.6" fill="none" stroke="currentColor" stroke-width="1.6" />}
    </svg>
  )
}
