/** The journal, live: every call to the sandbox, and one of them in full beside it. */
import { t } from '../language.js'
import { item } from '../place.js'
import { CallDetail } from './calls/detail.js'
import { CallList } from './calls/list.js'
import { CallTools } from './calls/tools.js'

export function CallsPanel() {
  const open = item.value
  return (
    <div class={`calls ${open === '' ? '' : 'split'}`}>
      <h1 class="hidden">{t('Calls', '请求')}</h1>
      <section class="list" aria-label={t('Calls', '请求')}>
        <CallTools />
        <CallList />
      </section>
      {open !== '' && <CallDetail key={open} id={Number(open)} />}
    </div>
  )
}
