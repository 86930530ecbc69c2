/** What somebody who misspelt a name probably meant. */

/** So many characters may be wrong at the most; in a short word no more than a third of them. */
const MOST_MISTAKES = 3
const LONGEST = 64

/**
 * @param word what was given
 * @param known what could have been given
 * @returns the known name that is nearest, or null where none is near enough to be meant
 */
export function guess(word: string, known: Iterable<string>): string | null {
  let nearest: string | null = null
  let fewest = Number.POSITIVE_INFINITY
  if (word.length > LONGEST) return null
  for (const name of known) {
    const mistakes = name.length > LONGEST ? LONGEST : distance(word.toLowerCase(), name.toLowerCase())
    if (mistakes >= fewest || mistakes > Math.min(MOST_MISTAKES, Math.ceil(Math.max(word.length, name.length) / 3))) continue
    nearest = name
    fewest = mistakes
  }
  return nearest
}

/** @returns ` Did you mean "port"?` to be put behind a sentence; empty where no known name is near */
export function didYouMean(word: string, known: Iterable<string>): string {
  const meant = guess(word, known)
  return meant === null ? '' : ` Did you mean ${JSON.stringify(meant)}?`
}

/**
 * Options by a wrong name would go unnoticed, and what they were to change would stay as it is.
 * @param owner whose options they are, as a person writes it: `createStub`
 * @throws TypeError that names the first unknown option and the one that was probably meant
 */
export function refuseUnknownOptions(owner: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new TypeError(`${owner} has no option ${JSON.stringify(unknown)}; it has ${known.join(', ')}.${didYouMean(unknown, known)}`)
}

/** How many letters have to be put in, left out, changed or swapped with their neighbour to make one text of the other. */
function distance(from: string, to: string): number {
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1]
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1))
      // Before the first letter stands nothing, which no letter is like.
      if (from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) least = Math.min(least, (before[j - 2] ?? 0) + 1)
      next.push(least)
    }
    before = row
    row = next
  }
  return row[to.length] ?? 0
}
