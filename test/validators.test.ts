import { describe, expect, test } from 'vitest'
import { type Json } from '../scripts/generate/json.js'
import { isObject } from '../src/plain/json.js'
import { loadProject, type SystemSource } from '../scripts/generate/load.js'
import { compiled, validatorParts } from '../scripts/generate/validators.js'
import type { Validator } from '../src/core/contract.js'
import { readExamples } from './support/requests.js'

type Table = Readonly<Record<string, Readonly<Record<string, Validator>> | Validator | null>>

const { systems } = loadProject('.')

/** Every value that a document gives as an example, of a whole body or of one field. */
function examplesIn(value: Json, found: Json[] = []): Json[] {
  if (Array.isArray(value)) for (const item of value) examplesIn(item, found)
  if (!isObject(value)) return found
  for (const [key, item] of Object.entries(value)) {
    if (key === 'example' || key === 'value') found.push(item)
    else if (key === 'examples' && Array.isArray(item)) found.push(...item)
    else examplesIn(item, found)
  }
  return found
}

/** A value in which one thing is different: a key missing, another too many, or a part of another kind. */
function* spoilt(value: Json): Generator<Json> {
  yield* [null, 'text', -1.5, 1e9, true, [], {}]
  if (Array.isArray(value)) {
    for (const [index, item] of value.slice(0, 2).entries()) for (const other of spoilt(item)) yield value.with(index, other)
  } else if (isObject(value)) {
    yield { ...value, 'a/b~c': 1 }
    for (const [key, item] of Object.entries(value)) {
      const { [key]: _, ...rest } = value
      yield rest
      for (const other of spoilt(item)) yield { ...value, [key]: other }
    }
  }
}

/** What a validator says of a value, which it may fill in. */
function verdict(validate: Pick<Validator, 'errors'> & ((data: unknown) => unknown), value: Json): unknown {
  const data = structuredClone(value)
  const valid = validate(data)
  return { valid, errors: (validate.errors ?? []).map(({ instancePath, schemaPath, keyword, params, message }) => ({ instancePath, schemaPath, keyword, params, message })), data }
}

async function generatedOf({ system }: SystemSource): Promise<Table> {
  const { validators } = await import(`../src/generated/${system.id}/validators.js`) as { validators: Table } // as `npm run generate` writes it
  return validators
}

describe.each(systems.map((source) => [source.system.id, source] as const))('the generated validators of %s', (_id, source) => {
  test('say what Ajv itself says, error by error, of every example and of every way to spoil one', async () => {
    const validators = await generatedOf(source)
    const examples = examplesIn(source.spelledOut)
    const requests = readExamples(source.system)
    let refused = 0
    const { requests: takes, answers } = validatorParts(source.system, source.spelledOut, source.records)
    for (const { options, groups } of [takes, answers]) {
      const { ajv, keys } = compiled(source.spelledOut, groups, options)
      for (const [key, target] of Object.entries(keys)) {
        const [, group = '', name = ''] = key.split('/')
        const table = validators[group]
        const ours = typeof table === 'function' ? table : table?.[name]
        const theirs = ajv.getSchema(target)
        if (ours === undefined || theirs === undefined) throw new Error(`no validator ${key}`)
        const { parameters = {}, bodies = [] } = requests.get(name) ?? {}
        const fields = [{ ...parameters }, ...bodies.map((body) => ({ ...parameters, ...body }))] as Json[] // of parsed JSON
        const fitting = group === 'fields' ? fields : examples.filter((example) => theirs(structuredClone(example)) === true).slice(0, 2)
        for (const value of [...fields, ...examples, ...fitting.flatMap((example) => [...spoilt(example)])]) {
          const expected = verdict(theirs as Validator, value)
          if (theirs.errors !== null) refused += 1
          // `toEqual` is slow, and there are a hundred thousand.
          if (JSON.stringify(verdict(ours, value)) !== JSON.stringify(expected)) expect(verdict(ours, value), key).toEqual(expected)
        }
      }
    }
    expect(refused).toBeGreaterThan(100)
  })
})

test('however much of a list or an object is wrong, so many errors are looked for and no more', async () => {
  const wrong: readonly (readonly [string, Json])[] = [['a list of numbers', Array.from({ length: 200_000 }, () => 1)], ['a list of objects', Array.from({ length: 100_000 }, () => ({}))], ['an object of many fields', Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`f${String(i)}`, i]))]]
  for (const source of systems) {
    const { fields } = await generatedOf(source) as { readonly fields: Readonly<Record<string, Validator>> } // as every table has it
    for (const operation of source.system.operations) {
      const validate = fields[operation.id]
      if (validate === undefined) continue
      const { bodies = [] } = readExamples(source.system).get(operation.id) ?? {}
      for (const body of bodies) {
        for (const [what, value] of wrong) {
          for (const spoilt of everyField(body as Json, value)) { // of parsed JSON
            validate(spoilt)
            expect(validate.errors?.length ?? 0, `${operation.id}, ${what}`).toBeLessThan(500)
          }
        }
      }
    }
  }
})

/** The value with another one in the place of each of its fields, and of theirs. */
function* everyField(value: Json, other: Json): Generator<Json> {
  if (!isObject(value)) return
  for (const [key, part] of Object.entries(value)) {
    yield { ...value, [key]: other }
    for (const deeper of everyField(part, other)) yield { ...value, [key]: deeper }
  }
}
