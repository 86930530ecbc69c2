/** Where code went wrong that was loaded or run for somebody. */

/** Lines that tell a place: of a stack, with a function's name and without; of a compiler; and how Node.js heads what it cannot read. */
const PLACES = [/\(([^()]+:\d+:\d+)\)$/, /^\s*at (?:async )?([^()]+:\d+:\d+)$/, /^ ?((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/]).*?:\d+(?::\d+)?)(?=: |$)/]
const IN_PACKAGE = /[\\/]node_modules[\\/]|^node:/

/**
 * @param folder where the code is that its author can mend
 * @returns the message, behind the file whose import is not there, or the first place in the folder, or else the first that is in no package; alone where no place is told, or the message tells it
 */
export function whereAndWhy(error: unknown, folder: string): string {
  if (!(error instanceof Error)) return String(error)
  const [first = '', second = ''] = error.message.split('\n')
  // "Transform failed with 1 error:" is a heading.
  const message = first.endsWith(':') && second !== '' ? second : first
  const places = `${error.message}\n${error.stack ?? ''}`.split('\n').flatMap((line) => placeIn(line) ?? []).filter((place) => !IN_PACKAGE.test(place))
  const importer = importerIn(error)
  const place = importer === null ? (places.find((found) => asUrl(found).startsWith(`${asUrl(folder)}/`)) ?? places[0]) : (places.find((found) => found.startsWith(`${importer}:`)) ?? importer)
  return place === undefined || message.includes(place) ? message : `${place}: ${message}`
}

/** @returns the file that wants a module that is not there: by then the stack may tell of nothing but what looked for it */
function importerIn(error: Error): string | null {
  if (!('requireStack' in error) || !Array.isArray(error.requireStack)) return null
  const importer: unknown = error.requireStack[0]
  return typeof importer === 'string' ? importer : null
}

function placeIn(line: string): string | null {
  for (const pattern of PLACES) {
    const [, found] = pattern.exec(line) ?? []
    // On Windows a drive stands behind three strokes.
    if (found !== undefined) return found.replace(/^file:\/\/(?:\/(?=[A-Za-z]:))?/, '')
  }
  return null
}

/** @returns the path with strokes as they are in URLs, which Windows takes as well */
function asUrl(path: string): string {
  return path.replaceAll('\\', '/')
}
