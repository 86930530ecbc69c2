/** @returns what was thrown, in words: an error's message, or what else it is as text */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
