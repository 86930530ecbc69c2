/** Above the list: search, the filters that are set, pause and clear. */
import { watch } from '../../live/watch.js'
import { useEffect, useRef } from 'preact/hooks'
import { act, control, here } from '../../api.js'
import { count } from '../../format.js'
import { t } from '../../language.js'
import { capacity, hasMore, keptLines, leftOut, MOST_KEPT, olderInJournal, pausedAt, version } from '../../live/calls.js'
import { catchUp } from '../../live/connection.js'
import { put } from '../../parts/question.js'
import { filter, go } from '../../place.js'
import { active, facetName, held, isSearch, listed, text } from './filters.js'
import { callSearch } from './search.js'

export function CallTools() {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    callSearch.current = field.current
  }, [])
  const isPaused = pausedAt.value !== null
  const pause = () => {
    pausedAt.value = isPaused ? null : (keptLines().at(-1)?.id ?? 0)
  }
  const path = here.value
  const clear = () => {
    put({
      title: t('Clear the journal?', '清空日志？'),
      words: t('Records and sessions stay; one can no longer rewind to before these:', '数据与会话不变；但无法再退回到它们之前：'),
      verb: t('Clear', '清空'),
      sandbox: path.sandbox,
      callsOnly: true,
      carryOut: () => act(control.value.DELETE('/sandboxes/{sandbox}/requests', { params: { path } }), t('The journal is empty', '日志已清空')),
    })
  }
  return (
    <>
      <div class="tools">
        <input ref={field} type="search" class="grow" value={text.value} onInput={(event) => { filter('q', event.currentTarget.value) }} aria-label={t('Search in path, operation, error and user', '按路径、接口、错误、用户搜索')} aria-keyshortcuts="/" placeholder={t('Search   /', '搜索   /')} autocomplete="off" spellcheck={false} />
        <button type="button" aria-pressed={isPaused} onClick={pause}>{isPaused ? t(`Go on${held.value > 0 ? ` (${count(held.value)} new)` : ''}`, `继续${held.value > 0 ? `（新 ${count(held.value)} 条）` : ''}`) : t('Pause', '暂停')}</button>
        <button type="button" onClick={clear}>{t('Clear…', '清空…')}</button>
      </div>
      <div class="chips">
        {active.value.map(([name, value]) => (
          <button key={name} type="button" class="chip" onClick={() => { filter(name, '') }} aria-label={t(`Remove the filter ${facetName(name)} ${value}`, `移除筛选 ${facetName(name)} ${value}`)}>
            <span class="faint">{facetName(name)}</span> {value} <span aria-hidden="true">✕</span>
          </button>
        ))}
        {(active.value.length > 1 || (active.value.length === 1 && text.value !== '')) && <button type="button" class="chip" onClick={() => { go({ query: {} }, { replace: true }) }}>{t('Remove all', '全部移除')}</button>}
        <Extent />
      </div>
    </>
  )
}

/** How many are listed of how many, and what is missing. */
function Extent() {
  watch(version)
  const kept = keptLines()
  const shown = listed.value.lines.length
  const first = kept[0]?.id ?? 1
  const missing = leftOut()
  const older = olderInJournal()
  const whole = kept.length + older
  return (
    <p class="extent" role="status">
      {isSearch.value
        ? shown === kept.length ? calls(shown) : t(`${count(shown)} of ${calls(kept.length)}`, `${count(kept.length)} 条中的 ${count(shown)} 条`)
        : shown === whole ? calls(shown) : t(`the newest ${count(shown)} of ${calls(whole)}`, `${count(whole)} 条中最新的 ${count(shown)} 条`)}
      {hasMore() && (isSearch.value ? t(` · looking through ${count(older)} older ones…`, ` · 正在查找更早的 ${count(older)} 条…`) : t(' · older ones come as you scroll', ' · 向下滚动读取更早的'))}
      {!hasMore() && first > 1 && t(` · calls before number ${count(first)} are no longer listed: the stub keeps ${count(capacity.value)} at the most, as its memory allows, this page ${count(MOST_KEPT)}`, ` · ${count(first)} 号之前的不再列出：服务最多保留 ${count(capacity.value)} 条（视内存而定），本页 ${count(MOST_KEPT)} 条`)}
      {missing > 0 && (
        <>
          {t(` · ${count(missing)} came too fast to be shown `, ` · ${count(missing)} 条来得太快未显示 `)}
          <button type="button" class="link" onClick={() => void catchUp()}>{t('show what the journal has', '显示日志中保留的')}</button>
        </>
      )}
    </p>
  )
}

function calls(number: number): string {
  return t(number === 1 ? '1 call' : `${count(number)} calls`, `${count(number)} 条`)
}
