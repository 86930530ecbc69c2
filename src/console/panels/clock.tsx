/** The sandbox's clock: what it shows, how to move it, and what will not survive the move. */
import { useState } from 'preact/hooks'
import { act, control, here } from '../api.js'
import { dayOf, inSeconds, span, timeOfDay } from '../format.js'
import { t } from '../language.js'
import { info, sandboxNow } from '../live/connection.js'
import { tick } from '../live/tick.js'
import { watch } from '../live/watch.js'
import { machineNow } from '../machine.js'
import { Draft } from '../parts/draft.js'
import { Dying } from './clock/dying.js'

const JUMPS = [
  { by: 'PT1M', milliseconds: 60_000 },
  { by: 'PT10M', milliseconds: 600_000 },
  { by: 'PT2H', milliseconds: 7_200_000 },
  { by: 'P1D', milliseconds: 86_400_000 },
  { by: 'P30D', milliseconds: 2_592_000_000 },
] as const

/** Where the clock is to go: so far ahead, or to a moment. */
type Target = { readonly by: (typeof JUMPS)[number] } | { readonly moment: number }

export function ClockPanel() {
  const [target, aim] = useState<Target>({ by: JUMPS[1] })
  const path = here.value
  const params = { params: { path } }
  const api = control.value
  const now = sandboxNow() ?? machineNow()
  const until = 'by' in target ? now + target.by.milliseconds : target.moment
  const move = () => {
    void ('by' in target ? act(api.POST('/sandboxes/{sandbox}/clock/advance', { ...params, body: { by: target.by.by } })) : act(api.PUT('/sandboxes/{sandbox}/clock', { ...params, body: { now: new Date(target.moment).toISOString() } })))
  }
  const isFrozen = info.value?.frozen === true
  return (
    <div class="sheet">
      <div class="head"><h1>{t('Clock', '时钟')}</h1></div>
      <section class="card face">
        <Face />
        <p class="buttons">
          {isFrozen
            ? <button type="button" class="main" onClick={() => void act(api.POST('/sandboxes/{sandbox}/clock/resume', params))}>{t('Let it run', '继续走')}</button>
            : <button type="button" onClick={() => void act(api.POST('/sandboxes/{sandbox}/clock/freeze', { ...params, body: {} }))}>{t('Freeze', '停住')}</button>}
          <button type="button" onClick={() => void act(api.PUT('/sandboxes/{sandbox}/clock', { ...params, body: { now: new Date(machineNow()).toISOString() } }))}>{t('Back to real time', '回到真实时间')}</button>
        </p>
      </section>
      <section class="card">
        <h2>{t('Jump', '跳转')}</h2>
        <div class="buttons" role="group" aria-label={t('How far', '跳多远')}>
          {JUMPS.map((jump) => <button key={jump.by} type="button" aria-pressed={'by' in target && target.by === jump} onClick={() => { aim({ by: jump }) }}>+{span(jump.milliseconds)}</button>)}
          <label class="inline-field">{t('to', '到')} <Draft type="datetime-local" step={1} max="9999-12-31T23:59:59" value={localValue(until)} take={(field) => { aim({ moment: new Date(field.value).getTime() }) }} /></label>
        </div>
        <Dying until={until} wish={'by' in target ? target.by.by : String(target.moment)} />
        <p class="buttons"><button type="button" class="main" onClick={move}>{'by' in target ? t(`Jump ${span(target.by.milliseconds)} ahead`, `快进 ${span(target.by.milliseconds)}`) : t(`Set to ${dayOf(until)} ${timeOfDay(until)}`, `拨到 ${dayOf(until)} ${timeOfDay(until)}`)}</button></p>
      </section>
    </div>
  )
}

/** The time, large. It is drawn alone every second. */
function Face() {
  watch(tick)
  const now = sandboxNow()
  const offset = now === null ? 0 : inSeconds(now - machineNow())
  const isFrozen = info.value?.frozen === true
  return (
    <div>
      <p class="big-time" aria-live="off">{now === null ? '—' : timeOfDay(now)}</p>
      <p class="faint">{now !== null && dayOf(now)} · {isFrozen ? t('stands still', '已停住') : t('runs', '走动中')} · {Math.abs(offset) < 2000 ? t('real time', '真实时间') : offset > 0 ? t(`${span(offset)} ahead of real time`, `比真实时间快 ${span(offset)}`) : t(`${span(offset)} behind real time`, `比真实时间慢 ${span(offset)}`)}</p>
    </div>
  )
}

/** @returns the moment as a field for local time has it */
function localValue(moment: number): string {
  return `${dayOf(moment)}T${timeOfDay(moment)}`
}
