/** What the system says of files and folders, for people. */

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not do that',
  EPERM: 'this user may not do that',
  EROFS: 'nothing can be written there',
  ENOENT: 'there is no such place',
  ENOTDIR: 'something on the way to it is no folder',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'the links on the way to it lead in a circle',
  EMFILE: 'this process has too many files open',
}

/** @returns the code of a system's error, such as `EACCES`; null where it is none */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/** @returns why the system did not do what it was asked for, as the end of a sentence */
export function whyNot(error: unknown): string {
  const code = codeOf(error)
  if (code !== null) return WORDS[code] ?? `the system says ${code}`
  return error instanceof Error ? error.message : String(error)
}
