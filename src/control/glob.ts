/** Texts with `*` in them. What a request asks for is never made a regular expression: a comparison reads the text from left to right, and never goes back. */

/** So long may a text be that somebody looks for in records. */
export const LONGEST_LOOKED_FOR = 200

/**
 * @param glob a text in which `*` stands for any text, none included; every other character for itself
 * @returns the test whether a text fits as a whole
 */
export function globTest(glob: string): (text: string) => boolean {
  const [first = '', ...others] = glob.split('*')
  const last = others.pop()
  if (last === undefined) return (text) => text === glob
  return (text) => {
    if (!text.startsWith(first)) return false
    let at = first.length
    // The earliest place is as good as any other for what follows, so none has to be tried twice.
    for (const piece of others) {
      const found = text.indexOf(piece, at)
      if (found === -1) return false
      at = found + piece.length
    }
    return text.length - last.length >= at && text.endsWith(last)
  }
}

/**
 * @param wanted a glob that may fit anywhere in the text, in any case; `^` in front and `$` behind hold it to the beginning and the end
 * @returns the test whether a text holds it
 */
export function likeTest(wanted: string): (text: string) => boolean {
  const begins = wanted.startsWith('^')
  const ends = wanted.endsWith('$')
  const glob = wanted.slice(begins ? 1 : 0, ends ? -1 : undefined).toLowerCase()
  const fits = globTest(`${begins ? '' : '*'}${glob}${ends ? '' : '*'}`)
  return (text) => fits(text.toLowerCase())
}
