/** The error tables: every row is named once, means a condition, and can be met. */
import { readInput } from '../generate/input.js'
import { asOptionalObject, asStrings } from '../generate/json.js'
import type { Project } from '../generate/load.js'
import { failuresOf, type System } from '../generate/system.js'

/** What is wrong with the error tables of a project and with the names that refer to them. */
export function checkErrors({ systems, conditions }: Project): string[] {
  const known = conditions === null ? [] : Object.keys(conditions.conditions)
  const found = known.filter((name) => asOptionalObject(conditions?.conditions[name], name).noAnswer === true)
  return systems.flatMap(({ system }) => {
    if (system.dialect === null) return []
    return [...checkTable(system, known), ...checkAnswers(system, found), ...checkFieldErrors(system)].map((problem) => `${system.id}: ${problem}`)
  })
}

function checkTable(system: System, conditions: readonly string[]): string[] {
  const names = system.errors.map(({ name }) => name)
  const listed = new Set(system.operations.flatMap(({ errors }) => errors))
  const success = system.dialect?.success ?? ''
  return [
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `the error table has ${name} twice`),
    ...names.filter((name) => !/^[A-Z][A-Z0-9_]*$/.test(name)).map((name) => `${name} is not in CONSTANT_CASE`),
    ...(names.includes(success) ? [] : [`x-dialect.success names ${success}, which the error table does not have`]),
    ...(listed.has(success) ? [`${success} means success and stands in an x-errors`] : []),
    ...failuresOf(system).filter(({ name }) => !listed.has(name)).map(({ name }) => `no operation lists ${name}`),
    ...system.errors.filter(({ condition }) => !conditions.includes(condition)).map(({ name, condition }) => {
      return `${name} means ${condition}, which conditions.yaml does not have`
    }),
    ...system.errors.flatMap(({ name, refinements }) => refinements.flatMap(({ condition, when }) => [
      ...(conditions.includes(condition) ? [] : [`${name} is refined to ${condition}, which conditions.yaml does not have`]),
      ...(when.operations ?? []).filter((operation) => !system.operations.some(({ id }) => id === operation)).map((operation) => {
        return `${name} is refined for ${operation}, which is no operation`
      }),
    ])),
  ]
}

/** What a client finds out by itself is no error of a backend. */
function checkAnswers(system: System, found: readonly string[]): string[] {
  return system.errors.filter(({ condition }) => found.includes(condition)).map(({ name, condition }) => `${name} means ${condition}, which is said by no backend (noAnswer)`)
}

/** Every error that a field or the body as a whole can break into is one of the operation's. */
function checkFieldErrors(system: System): string[] {
  return system.operations.flatMap((operation) => {
    const { fields, rules, schema } = readInput(system.document, operation)
    const required = asStrings(schema.required, 'required')
    const named = [...[...fields].map(([name, { errors }]) => ({ name, errors })), { name: 'the body', errors: rules }]
    return named.flatMap(({ name, errors }) => Object.entries(errors)
      // A schema that several operations share may say what its absence means; an optional field is never missed.
      .filter(([keyword]) => keyword !== 'required' || required.includes(name))
      .filter(([, error]) => !operation.errors.includes(error))
      .map(([keyword, error]) => `${operation.id}: ${name} breaks ${keyword} with ${error}, which the operation does not list`))
  })
}
