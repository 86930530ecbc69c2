/** What commands print. */
import pc from 'picocolors'

/** Prints why a command cannot go on, in one line without a stack, and makes the process end with code 1. */
export function fail(error: unknown): void {
  process.stderr.write(`${pc.red('error:')} ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

/** Prints what somebody should know, though all went well. */
export function warn(text: string): void {
  process.stderr.write(`${pc.yellow('warning:')} ${text}\n`)
}

/** Where progress is shown. */
export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/**
 * For work that takes longer than a second.
 * @returns what shows the step that is under way: one line, which the next one is written over and an empty one takes away. Nothing is shown where nobody looks on
 */
export function progressOn(stream: ProgressStream = process.stderr): (step: string) => void {
  if (stream.isTTY !== true) return () => undefined
  // A terminal that does not know its width says 0.
  const width = stream.columns === undefined || stream.columns < 10 ? 80 : stream.columns
  return (step) => stream.write(`\r\x1b[2K${step === '' ? '' : pc.dim(`${step.slice(0, width - 2)} …`)}`)
}

/** @returns the rows as aligned columns, one line each; widths count Chinese characters twice, as terminals show them */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, width(cell))
  return rows.map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - width(cell)))).join('  ').trimEnd()).join('\n')
}

function width(text: string): number {
  let total = 0
  for (const character of text) total += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(character) ? 2 : 1
  return total
}
