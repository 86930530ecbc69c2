/** What is thrown where a configuration does not hold. */

/** A configuration cannot be read, or says what cannot be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  /** The files in which the mistake may be, as absolute paths. */
  readonly read: readonly string[]

  constructor(message: string, read: readonly string[]) {
    super(message)
    this.read = read
  }
}
