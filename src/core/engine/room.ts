/** What is said when a sandbox makes room for another, or there is none. */
import type { Budget } from '../budget.js'
import { type House, NoRoom } from './engine.js'

const MIB = 1024 * 1024

/** @param count how many have gone so far */
export function tellLetGo(report: House['report'], most: number, name: string, count: number): void {
  // A flood of names would be a flood of lines.
  if (!Number.isInteger(Math.log10(count))) return
  report(`there are ${String(most)} sandboxes, so ${JSON.stringify(name)} was let go, which nobody had changed; it is the ${String(count)}. of its kind`)
}

/** @returns what is thrown where one sandbox would have more files than it may */
export function noRoomForFiles(budget: Budget): NoRoom {
  return new NoRoom(`The files of one sandbox may take up ${inMib(budget.limitOfOne('files'))} MiB, and this would be more. Delete some, reset the sandbox, or start the server with a larger --max-memory.`)
}

/** @returns an amount of memory for people: whole MiB */
export function inMib(bytes: number): string {
  return String(Math.floor(bytes / MIB))
}
