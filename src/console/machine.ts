/** The time of the machine on which the page is looked at. */
import { machineTime } from '../core/clock.js'

const time = machineTime()

/** @returns milliseconds since 1970 */
export function machineNow(): number {
  return time.now()
}
