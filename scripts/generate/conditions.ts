/** The words shared by all systems (`openapi/conditions.yaml`) as a module. */
import { asObject, asString, ContractError, type Json, type JsonObject } from './json.js'

/** What happened, in two languages, for those who build apps and for those who use them, and what a client does next. */
export interface Conditions {
  readonly advices: JsonObject
  readonly conditions: JsonObject
}

/**
 * Reads the parsed file.
 * @throws ContractError if a text is missing or a condition gives an advice that is not listed.
 */
export function readConditions(file: Json): Conditions {
  const root = asObject(file, 'conditions.yaml')
  const advices = asObject(root.advices, 'advices')
  const conditions = asObject(root.conditions, 'conditions')
  for (const [name, text] of Object.entries(advices)) bilingual(text, `advices.${name}`)
  for (const [name, value] of Object.entries(conditions)) {
    const condition = asObject(value, name)
    bilingual(condition.meaning, `${name}.meaning`)
    bilingual(condition.message, `${name}.message`)
    if (condition.noAnswer !== undefined && condition.noAnswer !== true) throw new ContractError(`${name}.noAnswer can only be true`)
    const advice = asString(condition.advice, `${name}.advice`)
    if (advices[advice] === undefined) throw new ContractError(`${name}: no advice is called ${advice}`)
  }
  return { advices, conditions }
}

function bilingual(value: Json | undefined, where: string): void {
  const text = asObject(value, where)
  asString(text.en, `${where}.en`)
  asString(text.zh, `${where}.zh`)
}

/** The text of `src/generated/conditions.ts`, without its heading. */
export function conditionsModule({ advices, conditions }: Conditions): string {
  return `/** What a client does next. */
export const advices = ${JSON.stringify(advices, null, 2)} as const

export type Advice = keyof typeof advices

/** What happened. */
export const conditions = ${JSON.stringify(conditions, null, 2)} as const satisfies Record<
  string,
  { meaning: Text; message: Text; advice: Advice; noAnswer?: true }
>

/** In English and in Chinese. */
interface Text {
  en: string
  zh: string
}

export type Condition = keyof typeof conditions

/** What no backend says: a client finds out by itself that it has got no answer. */
export type NoAnswerCondition = { [C in Condition]: (typeof conditions)[C] extends { noAnswer: true } ? C : never }[Condition]
`
}
