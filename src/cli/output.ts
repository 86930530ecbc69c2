/**
 * What commands print: everything goes through here. Names and texts come from backends, apps and pages that may be hostile, and a terminal does
 * what they say; so what is none of our own lines and colours is written out.
 */
import pc from 'picocolors'
import { legible, legibleJson, legibleLines } from '../plain/legible.js'
import { messageOf } from '../plain/message.js'

/** The colours that commands use: bold, dim, underlined, red, green, yellow and cyan, and their ends. */
const COLOUR = /(\x1b\[(?:[124]|2[24]|3[12369])m)/

/** @returns the text with our own lines, and colours where they are seen as such; whatever else steers a terminal is written out */
function coloured(text: string, stream: { readonly isTTY?: boolean }): string {
  const parts = text.split(COLOUR).map((part, index) => (index % 2 === 1 ? part : legibleLines(part)))
  return parts.filter((_part, index) => index % 2 === 0 || showsColours(stream)).join('')
}

/** What makes the colours makes them for files and pipes as well, where a CI job runs and on Windows. */
function showsColours({ isTTY }: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR: none = '', FORCE_COLOR: forced = '' } = process.env
  return none === '' && (isTTY === true || (forced !== '' && forced !== '0'))
}

/** Prints a text for people. Data in it should be `legibleData`, so that it has no lines and colours either. */
export function print(text: string): void {
  process.stdout.write(coloured(text, process.stdout))
}

/** Prints a value as JSON: in one line, or with an indent. */
export function printJson(value: unknown, indent?: number): void {
  process.stdout.write(`${legibleJson(value, indent)}\n`)
}

/** Prints beside the output, for people. */
export function printAside(text: string): void {
  process.stderr.write(coloured(text, process.stderr))
}

/** Prints why a command cannot go on, without a stack, and makes the process end with code 1. */
export function fail(error: unknown): void {
  printAside(`${pc.red('error:')} ${legibleLines(messageOf(error))}\n`)
  process.exitCode = 1
}

/** Prints what somebody should know, though all went well. */
export function warn(text: string): void {
  printAside(`${pc.yellow('warning:')} ${legibleLines(text)}\n`)
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
  return (step) => stream.write(`\r\x1b[2K${step === '' ? '' : pc.dim(`${legible(step).slice(0, width - 2)} …`)}`)
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
