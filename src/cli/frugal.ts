/** How much memory V8 may let become garbage before it collects: beside what is kept, which the budgets bound, this is the rest of what a stub takes up. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8'

const MIB = 1024 * 1024
/** A heap that is smaller than this may double, */
const LITTLE = 48 * MIB
/** and a large one may grow by this. */
const LEAST = 20
/** Real milliseconds between two looks at the heap. */
const LOOK_AGAIN = 500

/**
 * Left to itself V8 spends memory to collect garbage less often: a small heap may grow fourfold before it tidies up, a large one by half and more, and the
 * space for young objects as far as 32 MiB. A server that sits beside an IDE all day had better not; its requests leave little behind that lives on.
 */
export function beFrugal(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
  // V8 would mark what lives with as many threads as it has. On a machine that is busy they take turns with the one that answers, which then waits for all of them.
  setFlagsFromString('--concurrent-marking-max-worker-num=1')
  let growth = 0
  const look = () => {
    const now = growthOf(getHeapStatistics().used_heap_size)
    if (now === growth) return
    growth = now
    setFlagsFromString(`--heap-growing-percent=${String(growth)}`)
  }
  look()
  setInterval(look, LOOK_AGAIN).unref()
}

/**
 * @param used bytes of the heap
 * @returns by how many per cent it may grow before garbage is collected, in steps of ten: by 48 MiB at the most, as long as that is a fifth of it
 */
export function growthOf(used: number): number {
  return Math.max(LEAST, Math.floor(Math.min(1, LITTLE / used) * 10) * 10)
}
