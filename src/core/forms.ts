/** What patterns and formats ask for, in words where there are any; a regular expression tells few people what to write. */

const PATTERNS: Readonly<Record<string, string>> = {
  '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$': 'must be letters, digits, ".", "_" and "-", 64 at the most, a letter or digit first',
  '^[a-z][a-z0-9-]*$': 'must be small letters, digits and "-", a letter first',
  '^[\\x20-\\x7e]+$': 'must be ASCII characters',
  '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$': 'must be ASCII characters, without spaces at its ends',
  '^\\d{0,15}$': 'must be digits, 15 at the most',
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': 'must be a moment in ISO 8601 with a zone, such as 2026-01-31T08:30:00Z',
}

/** @returns what a value has to be that broke a pattern; the pattern itself where it has no words */
export function wordsOfPattern(pattern: string): string {
  return PATTERNS[pattern] ?? `must have the form ${pattern}`
}

/** @returns what a value has to be that broke a format */
export function wordsOfFormat(format: string): string {
  return FORMATS[format] ?? `must be a ${format}`
}
