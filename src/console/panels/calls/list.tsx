/** The list itself. Only the rows that can be seen are drawn, however many there are, and what comes at the top moves nothing that is read. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { takeKeys } from '../../keys.js'
import { t } from '../../language.js'
import { connection, readOlder } from '../../live/connection.js'
import { type Line, placeUpTo } from '../../live/calls.js'
import { go, item } from '../../place.js'
import { active, isSearch, listed, text } from './filters.js'
import { CallRow } from './row.js'
import { callSearch } from './search.js'

/** Rows drawn above and below what is seen, so that scrolling shows no gaps. */
const SPARE = 8

export function CallList() {
  const view = listed.value
  const { lines } = view
  const box = useRef<HTMLDivElement>(null)
  const [{ top, height, row }, setView] = useState({ top: 0, height: 600, row: 36 })
  const count = lines.length
  const newest = lines.at(-1)?.id ?? 0
  const before = useRef({ newest, count })

  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const measure = () => {
      setView({ top: element.scrollTop, height: element.clientHeight, row: Number.parseFloat(getComputedStyle(element).getPropertyValue('--row')) || 36 })
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => {
      observer.disconnect()
    }
  }, [])

  // Whoever has scrolled down reads: rows that come above must not push his away.
  useLayoutEffect(() => {
    const element = box.current
    const added = newest > before.current.newest ? lines.length - placeUpTo(lines, before.current.newest) - 1 : 0
    before.current = { newest, count }
    if (element !== null && added > 0 && element.scrollTop > row / 2) element.scrollTop += added * row
  }, [newest, count, row, view])

  const selected = Number(item.value || 0)
  const place = placeUpTo(lines, selected)
  const at = selected !== 0 && lines[place]?.id === selected ? place : -1

  const focused = useRef<string | undefined>(undefined)
  const lastSelected = useRef(0)
  useLayoutEffect(() => {
    const { activeElement } = document
    const closed = selected === 0 ? lastSelected.current : 0
    lastSelected.current = selected
    // A call that is closed gives the focus back to its row.
    if (closed !== 0 && activeElement === document.body) box.current?.querySelector<HTMLElement>(`[data-call="${String(closed)}"]`)?.focus({ preventScroll: true })
    // A row that was written over with another call keeps no focus that was given to the one before.
    else if (box.current?.contains(activeElement) === true && callAround(activeElement) !== focused.current) box.current.focus({ preventScroll: true })
  })

  const openAt = (index: number) => {
    const line = lines[index]
    if (line === undefined) return
    go({ item: String(line.id) }, { replace: item.value !== '' })
    const element = box.current
    const y = (count - 1 - index) * row
    if (element === null) return
    if (y < element.scrollTop) element.scrollTop = y
    else if (y + row > element.scrollTop + element.clientHeight) element.scrollTop = y + row - element.clientHeight
  }
  useEffect(() => takeKeys({
    search: () => callSearch.current?.focus(),
    // The newest stands at the top, so further down is further back.
    move: (by) => { openAt(at === -1 ? count - 1 : at - by) },
    close: () => { if (item.value !== '') go({ item: '' }) },
  }))

  const first = Math.max(0, Math.floor(top / row) - SPARE)
  const last = Math.min(count, Math.ceil((top + height) / row) + SPARE)
  // Whoever nears the end, or looks for something, is read more; each page that comes brings this about again.
  const wantsOlder = isSearch.value || last >= count
  useEffect(() => {
    if (wantsOlder && connection.value === 'live') void readOlder()
  }, [wantsOlder, view])

  const drawn: Line[] = []
  for (let i = first; i < last; i++) {
    const line = lines[count - 1 - i]
    if (line !== undefined) drawn.push(line)
  }

  return (
    <div class="rows" ref={box} role="grid" aria-label={t('Calls, newest first', '请求，新的在前')} aria-rowcount={count} tabIndex={count === 0 ? 0 : -1} onFocusIn={(event) => { focused.current = callAround(event.target) }} onScroll={(event) => { setView({ top: event.currentTarget.scrollTop, height, row }) }}>
      {count === 0 && <Empty />}
      <div class="extent-of-rows" role="presentation" style={{ height: `${String(count * row)}px` }}>
        {drawn.map((line, i) => (
          // A row that is drawn no longer is written over with one that comes: making elements anew is what costs most in a rush.
          <CallRow key={(count - 1 - first - i) % drawn.length} line={line} index={first + i} isSelected={line.id === selected} canFocus={line.id === selected || (at === -1 && first + i === 0)} />
        ))}
      </div>
    </div>
  )
}

/** @returns the number of the call in whose row this is */
function callAround(place: EventTarget | null): string | undefined {
  return place instanceof Element ? place.closest<HTMLElement>('.call')?.dataset['call'] : undefined
}

function Empty() {
  if (connection.value !== 'live') return <p class="empty" role="presentation" />
  if (active.value.length > 0 || text.value !== '') return <p class="empty" role="presentation">{t('No call fits the filters.', '没有符合筛选的请求。')}</p>
  return <p class="empty" role="presentation">{t('No calls yet. Point an app at a base URL of this sandbox; what it asks appears here by itself.', '还没有请求。让应用访问此沙箱的地址，请求会自动出现在这里。')}</p>
}
