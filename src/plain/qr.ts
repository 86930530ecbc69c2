/** QR codes for pages. */

/** @returns what is dark of a QR code, as the data of a path of SVG; one unit per module */
export function darkPath(rows: readonly (readonly boolean[])[]): string {
  return rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${String(x)} ${String(y)}h1v1h-1z`] : []))).join('')
}
