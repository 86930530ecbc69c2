/** Calls per minute as a small line. */
import { count } from '../../format.js'
import { t } from '../../language.js'

const WIDTH = 300
const HEIGHT = 36

/** @param counts of the last minutes, the oldest first; none while they are not known */
export function Sparkline({ counts }: { readonly counts: readonly number[] }) {
  const most = Math.max(1, ...counts)
  const points = counts.map((value, i) => `${((i * WIDTH) / Math.max(1, counts.length - 1)).toFixed(1)},${(HEIGHT - 2 - (value / most) * (HEIGHT - 6)).toFixed(1)}`)
  const latest = counts.at(-1) ?? 0
  const all = counts.reduce((sum, value) => sum + value, 0)
  return (
    <figure class="sparkline">
      <svg viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`} preserveAspectRatio="none" role="img" aria-label={t(`${count(all)} calls in the last ${String(counts.length)} minutes of the sandbox`, `沙箱最近 ${String(counts.length)} 分钟内 ${count(all)} 次请求`)}>
        <polygon points={`0,${String(HEIGHT)} ${points.join(' ')} ${String(WIDTH)},${String(HEIGHT)}`} />
        <polyline points={points.join(' ')} />
      </svg>
      <figcaption class="faint small">{t(`${count(latest)} / min`, `${count(latest)} 次/分`)}</figcaption>
    </figure>
  )
}
