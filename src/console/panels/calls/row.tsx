/** One call in the list. */
import { timeOfDay, took } from '../../format.js'
import { t } from '../../language.js'
import type { Line } from '../../live/calls.js'
import { Mark, type MarkKind } from '../../parts/mark.js'
import { filter, go } from '../../place.js'

/** @returns how a call ended, as a shape with a colour and a word */
export function markOf({ status, error }: { readonly status: number; readonly error: string | null }): MarkKind {
  if (status === 0 || status >= 500) return 'broken'
  return error !== null || status >= 400 ? 'failed' : 'ok'
}

export interface CallRowProps {
  readonly line: Line
  /** Its place in the list, from 0 at the top. */
  readonly index: number
  readonly isSelected: boolean
  readonly canFocus: boolean
}

export function CallRow({ line, index, isSelected, canFocus }: CallRowProps) {
  const { id, at, duration, system, operationId, method, url, status, error, user, faults, violations, source } = line
  const open = () => {
    go({ item: String(id) }, { replace: isSelected })
  }
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.target === event.currentTarget) open()
  }
  return (
    <div class={`call ${isSelected ? 'selected' : ''}`} role="row" data-call={id} aria-rowindex={index + 1} aria-selected={isSelected} tabIndex={canFocus ? 0 : -1} onClick={open} onKeyDown={key} style={{ transform: `translateY(calc(var(--row) * ${String(index)}))` }}>
      <span role="gridcell" class="mark"><Mark kind={markOf(line)} /></span>
      <span role="gridcell" class="time">{timeOfDay(Date.parse(at))}</span>
      <span role="gridcell" class="status"><Facet name="status" value={String(status)} shown={status === 0 ? '—' : String(status)} look={status === 0 || status >= 400 ? `number ${markOf(line)}` : 'number'} /></span>
      <span role="gridcell" class="system"><Facet name="system" value={system} /></span>
      <span role="gridcell" class="what">
        <Facet name="method" value={method} look="method" />
        {operationId === null ? <Facet name="mark" value="unmatched" shown={t('no operation', '无此接口')} look="none" /> : <Facet name="operation" value={operationId} look="operation" />}
        <span class="url">{url}</span>
      </span>
      <span role="gridcell" class="tags">
        {source === 'real' && <Facet name="source" value={source} shown={t('real', '真实后端')} look="real" />}
        {error !== null && <Facet name="error" value={error} look={markOf(line)} />}
        {error === null && status === 0 && <Facet name="status" value="0" shown={t('dropped', '已断开')} look="broken" />}
        {faults.length > 0 && <Facet name="mark" value="fault" shown={t('fault', '故障')} look="fault" />}
        {violations > 0 && <Facet name="mark" value="violation" shown={t('breaks the contract', '违反契约')} look="violation" />}
      </span>
      <span role="gridcell" class="user">{user !== null && <Facet name="user" value={user} />}</span>
      <span role="gridcell" class="duration">{took(duration)}</span>
    </div>
  )
}

interface FacetProps {
  readonly name: string
  readonly value: string
  readonly shown?: string
  readonly look?: string
}

/** A tag that filters the list by itself. */
function Facet({ name, value, shown = value, look = 'plain' }: FacetProps) {
  const choose = (event: MouseEvent) => {
    event.stopPropagation()
    filter(name, value)
  }
  return <button type="button" class={`tag ${look}`} tabIndex={-1} title={t(`Only ${shown}`, `只看 ${shown}`)} onClick={choose}>{shown}</button>
}
