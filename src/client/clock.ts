/** The clock of a sandbox. */
import { type Clock, take, type Target } from './control.js'
import { durationOf } from './durations.js'

/** Tokens, SMS codes, intervals and whatever else ages follow this clock. Each call gives the reading after it. */
export class BoxClock {
  readonly #target: Target

  constructor(target: Target) {
    this.#target = target
  }

  /** @returns what the clock shows */
  now(): Promise<Clock> {
    const { control, path } = this.#target
    return take(control.GET('/sandboxes/{sandbox}/clock', { params: { path } }))
  }

  /** @param by a duration: `2h`, `90s`, `30d`, `1h30m`, or in ISO 8601: `PT10M1S` */
  async advance(by: string): Promise<Clock> {
    const { control, path } = this.#target
    return take(control.POST('/sandboxes/{sandbox}/clock/advance', { params: { path }, body: { by: durationOf('clock.advance', by) } }))
  }

  /** @param now the moment to show; the only way to set a clock back */
  set(now: string | Date): Promise<Clock> {
    const { control, path } = this.#target
    return take(control.PUT('/sandboxes/{sandbox}/clock', { params: { path }, body: { now: instant(now) } }))
  }

  /** @param at the moment to stand still at; the present reading when left out */
  freeze(at?: string | Date): Promise<Clock> {
    const { control, path } = this.#target
    return take(control.POST('/sandboxes/{sandbox}/clock/freeze', { params: { path }, body: at === undefined ? {} : { at: instant(at) } }))
  }

  /** Lets a frozen clock run on from where it stands. */
  resume(): Promise<Clock> {
    const { control, path } = this.#target
    return take(control.POST('/sandboxes/{sandbox}/clock/resume', { params: { path } }))
  }
}

function instant(moment: string | Date): string {
  return typeof moment === 'string' ? moment : moment.toISOString()
}
