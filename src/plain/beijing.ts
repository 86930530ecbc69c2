/** The clock on the wall of the backends and their users: UTC+08:00, the same all year round. */

const AHEAD = 8 * 3_600_000

/** @returns the moment as that clock shows it: `YYYY-MM-DDTHH:mm:ss`, without a zone */
export function beijingTime(milliseconds: number): string {
  return new Date(milliseconds + AHEAD).toISOString().slice(0, 19)
}

/** @returns the moment at which that clock shows `YYYY-MM-DDTHH:mm:ss`, in milliseconds since 1970; NaN where it is none */
export function fromBeijingTime(text: string): number {
  return Date.parse(`${text}+08:00`)
}
