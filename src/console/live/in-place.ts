/** A list whose order is that of the last use: while one looks at it, everything stays where it was seen first. */
import { useRef } from 'preact/hooks'

/** @returns the items in the order in which they were first seen; what comes later stands below */
export function useInPlace<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  const seen = useRef<ReadonlyMap<string, number>>(new Map())
  const placeOf = ({ name }: T) => seen.current.get(name) ?? seen.current.size
  const placed = [...items].sort((a, b) => placeOf(a) - placeOf(b))
  seen.current = new Map(placed.map(({ name }, place) => [name, place]))
  return placed
}
