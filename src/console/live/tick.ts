/** The second hand of the page: whatever shows a running time reads it. */
import { signal } from '@preact/signals'

/** Counts up every second while the page is seen. */
export const tick = signal(0)

setInterval(() => {
  if (!document.hidden) tick.value++
}, 1000)
