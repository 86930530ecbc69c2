/** Below a list that comes in pages: how many there are, and the ways back and on. The page stands in the address. */
import { t } from '../language.js'
import { filter } from '../place.js'

interface PagesProps {
  /** From 1. */
  readonly page: number
  readonly size: number
  readonly total: number
  /** How many there are, in words. */
  readonly said: string
}

export function Pages({ page, size, total, said }: PagesProps) {
  const last = Math.max(1, Math.ceil(total / size))
  return (
    <footer class="pages">
      <span class="faint small grow" role="status">{said}</span>
      {(last > 1 || page > 1) && (
        <>
          <button type="button" class="small" disabled={page === 1} onClick={() => { filter('page', page === 2 ? '' : String(page - 1)) }}>{t('Back', '上一页')}</button>
          <span class="small">{page} / {last}</span>
          <button type="button" class="small" disabled={page >= last} onClick={() => { filter('page', String(page + 1)) }}>{t('On', '下一页')}</button>
        </>
      )}
    </footer>
  )
}
