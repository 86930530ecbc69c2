/** No file needs, by whatever way, one that needs it: neither its values nor its types. */
import { readSources } from './sources.js'

/** @returns one line for each circle of imports under src/ and scripts/, which names the files on it */
export function checkCircles(root: string): string[] {
  return circles(new Map(['src', 'scripts'].flatMap((folder) => readSources(root, folder)).map(({ file, imports }) => [file, imports.map(({ target }) => target)])))
}

/** Follows imports from every file; whoever is met again on the way back to itself closes a circle. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const way: string[] = []
  const follow = (file: string): void => {
    const start = way.indexOf(file)
    if (start !== -1) found.push([...way.slice(start), file].join(' → '))
    if (start !== -1 || done.has(file)) return
    way.push(file)
    for (const target of imports.get(file) ?? []) follow(target)
    way.pop()
    done.add(file)
  }
  for (const file of imports.keys()) follow(file)
  return found
}
