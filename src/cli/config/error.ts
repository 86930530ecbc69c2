/** What is thrown where a configuration does not hold. */
import { messageOf } from '../../plain/message.js'
import { printJson } from '../output.js'

/** One thing that is wrong. */
export interface Mistake {
  /** The name of the file that says it. */
  readonly file: string | null
  /** Where in it; null where that cannot be told. */
  readonly line: number | null
  readonly column: number | null
  /** The key, with those that it is in: `backends.live.mode`. */
  readonly key: string | null
  /** What is wrong, with what was probably meant. */
  readonly text: string
}

/** A configuration cannot be read, or says what cannot be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  /** The files in which the mistake may be, as absolute paths. */
  readonly read: readonly string[]
  readonly mistakes: readonly Mistake[]

  constructor(message: string, read: readonly string[], mistakes: readonly Mistake[] = [{ file: null, line: null, column: null, key: null, text: message }]) {
    super(message)
    this.read = read
    this.mistakes = mistakes
  }
}

/** @returns an error with all mistakes, a line for each behind its place */
export function configError(mistakes: readonly Mistake[], read: readonly string[]): ConfigError {
  const lines = mistakes.map(({ file, line, column, text }) => `${file ?? ''}${line === null || column === null ? '' : `:${String(line)}:${String(column)}`}: ${text}`)
  return new ConfigError(lines.join('\n'), read, mistakes)
}

/** Says as JSON why a command cannot go on, and makes the process end with code 1. */
export function failInJson(error: unknown): void {
  const mistakes = error instanceof ConfigError ? error.mistakes : [{ file: null, line: null, column: null, key: null, text: messageOf(error) }]
  printJson({ mistakes })
  process.exitCode = 1
}
