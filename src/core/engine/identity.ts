/** Whether what was kept, or is kept elsewhere, was made for this server: same systems, contracts, fixtures, seed and scale. */

type Identity = Readonly<Record<string, string>>

/** Something that is not the same there as here. */
export interface Difference {
  readonly name: string
  readonly there: string | undefined
  readonly here: string | undefined
}

/** @returns what differs, by name */
export function differences(there: Identity, here: Identity): readonly Difference[] {
  const names = [...new Set([...Object.keys(there), ...Object.keys(here)])]
  return names.filter((name) => there[name] !== here[name]).map((name) => ({ name, there: there[name], here: here[name] }))
}

/** @returns the differences in words */
export function toldOf(differing: readonly Difference[]): string {
  // Digests say nothing to people.
  return differing.map(({ name, there, here }) => (name.includes(' of ') ? name : `${name} (there ${said(there)}, here ${said(here)})`)).join(', ')
}

function said(value: string | undefined): string {
  return value === undefined ? 'none' : JSON.stringify(value)
}
