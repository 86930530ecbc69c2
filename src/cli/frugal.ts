/** How much memory V8 may let become garbage before it collects: beside what is kept, which the budgets bound, this is the rest of what a stub takes up. */
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8'

const MIB = 1024 * 1024
/** A heap that is smaller than this may double, */
const LITTLE = 48 * MIB
/** and a large one may grow by this. */
const LEAST = 20
/** Pages of old objects may have holes of so many bytes when garbage is collected; where there are more, what is left in the emptiest is moved together. */
const HOLES = 16 * MIB
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
  const growing = flag()
  const compacting = flag()
  const look = () => {
    growing(`--heap-growing-percent=${String(growthOf(getHeapStatistics().used_heap_size))}`)
    // To move it costs a moment in which nobody is answered, so it is not done each time. What will still be filled counts as a hole until it is.
    // A few MiB at a time: to move all of it at once takes as much memory again, and a fifth of a second.
    const old = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')
    compacting(old !== undefined && old.space_size - old.space_used_size > HOLES ? '--optimize-for-size' : '--no-optimize-for-size')
  }
  look()
  setInterval(look, LOOK_AGAIN).unref()
}

/** @returns what sets a flag of V8, unless it is set like that already */
function flag(): (now: string) => void {
  let was = ''
  return (now) => {
    if (now !== was) setFlagsFromString(now)
    was = now
  }
}

/**
 * @param used bytes of the heap
 * @returns by how many per cent it may grow before garbage is collected, in steps of ten: by 48 MiB at the most, as long as that is a fifth of it
 */
export function growthOf(used: number): number {
  return Math.max(LEAST, Math.floor(Math.min(1, LITTLE / used) * 10) * 10)
}
