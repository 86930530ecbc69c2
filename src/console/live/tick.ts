/** The second hand of the page: whatever shows a running time reads it. */
import { signal } from '@preact/signals'
import { whenStill } from './still.js'

/** Counts up every second while the page is seen. */
export const tick = signal(0)

setInterval(() => {
  if (!document.hidden) whenStill(tick, () => { tick.value++ })
}, 1000)
