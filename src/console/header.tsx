/** The bar at the top, on every page of the stub: sandbox, its clock, language, look. */
import { watch } from './live/watch.js'
import { t, language, speak } from './language.js'
import { dayOf, inSeconds, span, timeOfDay } from './format.js'
import { info, sandboxNow } from './live/connection.js'
import { tick } from './live/tick.js'
import { machineNow } from './machine.js'
import { Link } from './parts/link.js'
import { SandboxSwitch } from './sandbox-switch.js'
import { theme, turnTheme } from './theme.js'

export function Header() {
  return (
    <header class="bar">
      <Link to={{ panel: 'overview' }} class="brand">Understudy</Link>
      <SandboxSwitch />
      <ClockReading />
      <span class="grow" />
      <button type="button" class="quiet" lang={language.value === 'zh' ? 'en' : 'zh-CN'} onClick={() => { speak(language.value === 'zh' ? 'en' : 'zh') }}>{language.value === 'zh' ? 'English' : '中文'}</button>
      <ThemeButton />
    </header>
  )
}

function ThemeButton() {
  const name = { auto: t('Look: as the system', '外观：跟随系统'), light: t('Look: light', '外观：浅色'), dark: t('Look: dark', '外观：深色') }[theme.value]
  return (
    <button type="button" class="quiet icon" aria-label={name} title={name} onClick={turnTheme}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5" />
        <path class="half" d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
        <path class="full" d="M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2z" fill="currentColor" />
      </svg>
    </button>
  )
}

/** Less than this is the time that a call takes. */
const SAME = 2000

/** What the sandbox's clock shows, and how far that is from this machine's. */
function ClockReading() {
  watch(tick)
  const now = sandboxNow()
  if (now === null) return <span class="reading" />
  const offset = inSeconds(now - machineNow())
  const isFrozen = info.value?.frozen === true
  const parts = [...(isFrozen ? [t('frozen', '已停住')] : []), ...(Math.abs(offset) > SAME ? [`${offset > 0 ? '+' : '−'}${span(offset)}`] : [])]
  return (
    <Link to={{ panel: 'clock' }} class="reading" label={t(`Clock of the sandbox: ${dayOf(now)} ${timeOfDay(now)} ${parts.join(', ')}`, `沙箱时钟：${dayOf(now)} ${timeOfDay(now)} ${parts.join('，')}`)}>
      {Math.abs(offset) > 43_200_000 && <span class="day">{dayOf(now)} </span>}
      <span class="time">{timeOfDay(now)}</span>
      {parts.length > 0 && <span class="offset">{parts.join(' · ')}</span>}
    </Link>
  )
}
