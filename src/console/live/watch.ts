/** For what has to be done again when a signal changes whose value it does not need. */
import type { ReadonlySignal } from '@preact/signals'

/** Makes whatever runs depend on the signals. */
export function watch(...signals: readonly ReadonlySignal<unknown>[]): void {
  signals.map(({ value }) => value)
}
