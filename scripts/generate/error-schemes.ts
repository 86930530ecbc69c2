/** The error tables of all systems side by side, and the words they share. */
import type { Bilingual } from '../../src/plain/bilingual.js'
import type { Conditions } from './conditions.js'
import { asObject, asString, type Json, type JsonObject } from './json.js'
import type { ErrorEntry, System } from './system.js'

/** What all systems call the same thing. */
export interface SchemeRow {
  readonly condition: string
  readonly meaning: Bilingual
  readonly advice: string
  /** By system; empty where it has no code for it. */
  readonly errors: ReadonlyMap<string, readonly ErrorEntry[]>
}

/** The conditions that any of the systems has a code for, in the order of the vocabulary. Throws ContractError if a text is missing. */
export function errorSchemes(systems: readonly System[], { conditions }: Conditions): SchemeRow[] {
  return Object.entries(conditions).map(([condition, value]) => {
    const { meaning, advice } = asObject(value, condition)
    return {
      condition,
      meaning: bilingual(meaning, condition),
      advice: asString(advice, condition),
      errors: new Map(systems.map(({ id, errors }) => [id, errors.filter((error) => error.condition === condition)])),
    }
  }).filter(({ errors }) => [...errors.values()].some((list) => list.length > 0))
}

/** Codes of one system as Markdown: the number, and the constant beside it where the number means several things. */
export function codesOf({ errors }: System, list: readonly ErrorEntry[]): string {
  const isUnique = ({ code }: ErrorEntry) => errors.filter((other) => other.code === code).length === 1
  return list.map((error) => (isUnique(error) ? String(error.code) : `${String(error.code)} \`${error.name}\``)).join(', ')
}

/** The conditions and what each advises, as JSON Schemas. Throws ContractError if a text is missing. */
export function vocabulary({ conditions, advices }: Conditions): JsonObject {
  const both = (value: Json | undefined, where: string) => {
    const { zh, en } = bilingual(value, where)
    return `${zh} · ${en}`
  }
  return {
    Condition: {
      description: '发生了什么：各系统共用的词汇，错误表的 `x-condition` 取自这里。\n\nWhat happened, in words that all systems share; `x-condition` in their error tables is one of them.\n',
      type: 'string',
      oneOf: Object.entries(conditions).map(([name, value]) => {
        const { meaning, message, advice } = asObject(value, name)
        return { const: name, title: both(meaning, name), description: both(advices[asString(advice, name)], name), 'x-advice': advice ?? '', 'x-message': both(message, name) }
      }),
    },
    Advice: {
      description: '客户端接下来怎么做。\n\nWhat a client does next.\n',
      type: 'string',
      oneOf: Object.entries(advices).map(([name, text]) => ({ const: name, title: name, description: both(text, name) })),
    },
  }
}

function bilingual(value: Json | undefined, where: string): Bilingual {
  const { zh, en } = asObject(value, where)
  return { zh: asString(zh, where), en: asString(en, where) }
}
