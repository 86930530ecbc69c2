/** What Ajv says of values, in lines. */
import type { Ajv2020 } from 'ajv/dist/2020.js'
import { ContractError } from './json.js'
import { linesOf } from '../../src/core/violations.js'
import { messageOf } from '../../src/plain/message.js'

/** What is wrong with a value: in a line, and by which rule of which schema, wherever in the value it was broken. */
export interface Fault {
  readonly text: string
  readonly rule: string
}

/**
 * Compiles a schema that was added.
 * @returns a function that says what is wrong with a value, one line each; none if it is valid.
 * @throws ContractError in Ajv's words, naming the schema.
 */
export function compile(ajv: Ajv2020, key: string): (value: unknown) => string[] {
  const faults = compileFaults(ajv, key)
  return (value) => faults(value).map(({ text }) => text)
}

/** The same with the rules that are broken. */
export function compileFaults(ajv: Ajv2020, key: string): (value: unknown) => Fault[] {
  try {
    const validate = ajv.getSchema(key)
    if (validate === undefined) throw new Error('no such schema')
    return (value) => {
      if (validate(value) === true) return []
      return (validate.errors ?? []).flatMap((violation) => linesOf([violation]).map((text) => ({ text, rule: `${violation.schemaPath} ${JSON.stringify(violation.params)}` })))
    }
  } catch (error) {
    throw new ContractError(`schema ${key.slice(1)}: ${messageOf(error)}`, { cause: error })
  }
}
