/** The time of the device that an app runs on. There is no sandbox there; a test hands the client another clock (`now`). */

/** @returns milliseconds since 1970 */
export function deviceTime(): number {
  return Date.now()
}
