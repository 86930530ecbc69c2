/** What is said when a sandbox makes room for another. */
import type { House } from './engine.js'

/** @param count how many have gone so far */
export function tellLetGo(report: House['report'], most: number, name: string, count: number): void {
  // A flood of names would be a flood of lines.
  if (!Number.isInteger(Math.log10(count))) return
  report(`there are ${String(most)} sandboxes, so ${JSON.stringify(name)} was let go, which nobody had changed; it is the ${String(count)}. of its kind`)
}
