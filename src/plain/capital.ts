/** @returns the text with a capital at its beginning: `edu` is `Edu` */
export function withCapital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
