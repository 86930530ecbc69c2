/** JSON Pointers (RFC 6901): `/a~1b/0` leads to the first item of the member `a/b`. */

/** @returns the steps of a pointer, unescaped; none for the whole */
export function stepsOf(pointer: string): readonly string[] {
  return pointer.split('/').slice(1).map(unescapeStep)
}

/** @returns the steps of a pointer that stands behind the `#` of a reference: `#/components/schemas/Name` */
export function stepsOfFragment(reference: string): readonly string[] {
  const steps = reference.replace(/^#?\/?/, '').split('/')
  return steps.map((step) => unescapeStep(decodeURIComponent(step)))
}

function unescapeStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** @returns a name as it stands in a pointer (RFC 6901, section 3) */
export function stepTo(name: string): string {
  return name.includes('~') || name.includes('/') ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name
}
