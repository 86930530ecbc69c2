/** What is left of something that ends, as a bar that shrinks, on the sandbox's clock. */
import { span } from '../format.js'
import { t } from '../language.js'
import { sandboxNow } from '../live/connection.js'
import { tick } from '../live/tick.js'
import { watch } from '../live/watch.js'

interface CountdownProps {
  /** When it began and ends, in milliseconds since 1970; without an end it lasts. */
  readonly from: number
  readonly to: number | null
  /** What it is that ends, for screen readers. */
  readonly of: string
}

/** The last tenth is worth a warning. */
const LATE = 0.1

export function Countdown({ from, to, of }: CountdownProps) {
  watch(tick)
  if (to === null) return <span class="countdown faint">{t('does not expire', '不过期')}</span>
  const left = to - (sandboxNow() ?? from)
  const part = Math.max(0, Math.min(1, left / Math.max(1, to - from)))
  const look = left <= 0 ? 'over' : part < LATE ? 'late' : ''
  return (
    <span class={`countdown ${look}`}>
      <span class="track" role="img" aria-label={t(`${of}: ${String(Math.round(part * 100))} % left`, `${of}：剩余 ${String(Math.round(part * 100))}%`)}><span class="fill" style={{ width: `${String(part * 100)}%` }} /></span>
      <span class="left">{left <= 0 ? t('expired', '已过期') : span(left)}</span>
    </span>
  )
}
