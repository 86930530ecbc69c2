/** What the bodies of answers are called among the component schemas of a bundled document. */
import { withCapital } from './capital.js'

/** @returns the name of the schema of an operation's success, which is JSON: `GetUserSuccess` */
export function successName(operation: string): string {
  return `${pascalCase(operation)}Success`
}

/** @returns the name of the schema of a failure, by its CONSTANT_NAME: `ApiBadRequestFailure` */
export function failureName(error: string): string {
  return `${pascalCase(error)}Failure`
}

function pascalCase(name: string): string {
  const words = /[a-z]/.test(name) ? name.split(/[^A-Za-z0-9]+/) : name.toLowerCase().split(/[^a-z0-9]+/)
  return words.map(withCapital).join('')
}
