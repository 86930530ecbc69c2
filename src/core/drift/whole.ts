/**
 * Validators that tell of everything that is wrong with an answer, where the generated ones, which are quicker, are content with the first thing. They are
 * made of the bundled document, each of them when the first answer of its kind departs from it.
 */
import type { ValidateFunction } from 'ajv/dist/2020.js'
import { isObject } from '../../plain/json.js'
import type { SchemaObject, SchemaPart } from '../../plain/map-schema.js'
import { failureName, successName } from '../../plain/schema-names.js'
import type { AnswerValidators, Contract, Validator } from '../contract.js'
import { checking, componentSchemas, createAjv, schemaKey } from '../schemas.js'
import { nearest, withoutAlternatives } from './alternatives.js'

/** @returns the validators of a system's answers; what the document has no schema for has none */
export function wholeValidators(document: SchemaObject, { operations, errors }: Pick<Contract, 'operations' | 'errors'>): AnswerValidators {
  const schemas = componentSchemas(document)
  const ajv = createAjv(document, { allErrors: true })
  /** A schema that is nothing but alternatives is all of them, each by itself. */
  const choicesOf = (schema: SchemaPart | undefined, key: string): readonly ValidateFunction[] => {
    if (!isObject(schema)) return []
    const target = typeof schema.$ref === 'string' ? schema.$ref.replace('#/components/schemas/', '') : null
    if (target !== null && Object.keys(schema).length === 1) return choicesOf(schemas[target], schemaKey('components', target))
    const parts = schema.properties === undefined ? (schema.anyOf ?? schema.oneOf) : undefined
    if (Array.isArray(parts)) return parts.flatMap((part, index) => choicesOf(part, `${key}/${String(index)}`))
    if (ajv.getSchema(key) === undefined) ajv.addSchema(checking(schema), key)
    const validate = ajv.getSchema(key)
    return validate === undefined ? [] : [validate]
  }
  const validatorOf = (name: string): Validator | undefined => {
    const choices = choicesOf(schemas[name], schemaKey('components', name))
    return choices.length === 0 ? undefined : oneOf(choices)
  }
  return {
    success: onDemand(Object.keys(operations), (operation) => validatorOf(successName(operation))),
    failures: onDemand(Object.keys(errors), (error) => validatorOf(failureName(error))),
    schemas: onDemand(Object.keys(schemas), validatorOf),
    unmatched: null,
  }
}

function oneOf(choices: readonly ValidateFunction[]): Validator {
  const validate: Validator = (whole): whole is unknown => {
    const complaints = choices.map((choice) => (choice(whole) ? [] : (choice.errors ?? [])))
    const fits = complaints.some((violations) => violations.length === 0)
    validate.errors = fits ? null : withoutAlternatives(nearest(complaints))
    return fits
  }
  return validate
}

/** A record whose values are made when they are asked for. */
function onDemand(names: readonly string[], make: (name: string) => Validator | undefined): Readonly<Record<string, Validator>> {
  const record: Record<string, Validator> = {}
  for (const name of names) {
    let made: Validator | undefined
    Object.defineProperty(record, name, { enumerable: true, get: () => (made ??= make(name)) })
  }
  return record
}
