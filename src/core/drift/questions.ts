/**
 * Which open questions of the review a difference may answer. The contract says it beside each question, under `drift` of a decision and under `x-drift` of an
 * operation or a row of the error table: of what kind, where and about which answers a difference has to be. What says nothing is answered by none.
 */
import { isObject } from '../../plain/json.js'
import { type DriftKind, kindsAboutErrors } from './finding.js'

type Node = Readonly<Record<string, unknown>>

/** A question of the review, by its number. */
export interface DriftQuestion {
  readonly number: string
  readonly topic: { readonly en: string; readonly zh: string }
}

/** What is known of a difference. */
export interface Telling {
  readonly operation: string
  readonly kind: DriftKind
  readonly pointer: string
  /** Of the last example. */
  readonly status: number | null
  /** What the backend answered, and what the stub did: a CONSTANT_NAME, of the success too; null where it is not about that. */
  readonly backend: string | null
  readonly stub: string | null
}

/** What a difference has to be; what is null may be anything. */
interface Rule {
  readonly kinds: readonly string[]
  readonly operations: readonly string[] | null
  /** Pointers; with `**` before it, where one ends so. */
  readonly places: readonly string[] | null
  readonly statuses: readonly number[] | null
  /** One of both answers is one of these. */
  readonly errors: readonly string[] | null
  /** Both answers are of these. */
  readonly between: readonly string[] | null
  readonly backend: readonly string[] | null
  readonly stub: readonly string[] | null
}

interface Question extends DriftQuestion {
  readonly rules: readonly Rule[]
}

/** What a rule is about where it does not say so itself: that which it stands at. */
interface Site {
  readonly operation: string | null
  readonly error: string | null
}

/** @returns what tells the questions that a difference may answer, of those that nobody has answered yet */
export function questionsIn(document: Node): (telling: Telling) => readonly DriftQuestion[] {
  const questions = [...below(document, { operation: null, error: null })]
  return (telling) => questions.filter(({ rules }) => rules.some((rule) => fits(rule, telling))).map(({ number, topic }) => ({ number, topic }))
}

function* below(node: unknown, site: Site): Generator<Question> {
  if (Array.isArray(node)) for (const item of node as readonly unknown[]) yield* below(item, site)
  if (!isObject(node)) return
  const operation = typeof node['operationId'] === 'string' ? node['operationId'] : site.operation
  const here: Site = { operation, error: typeof node['x-condition'] === 'string' && typeof node['title'] === 'string' ? node['title'] : site.error }
  for (const decision of listOf(node['x-decision']).filter(isObject)) {
    const { question, topic, topicZh, answered, drift } = decision
    if (typeof question === 'string' && answered === undefined) yield { number: question, topic: { en: String(topic), zh: String(topicZh ?? topic) }, rules: rulesOf(drift, here) }
  }
  const number = node['x-question']
  const name = String(node['operationId'] ?? node['title'])
  if (typeof number === 'string' && node['x-answered'] === undefined) yield { number, topic: { en: name, zh: name }, rules: [...usualRules(here), ...rulesOf(node['x-drift'], here)] }
  for (const [key, item] of Object.entries(node)) if (!key.startsWith('x-') || key === 'x-operations') yield* below(item, here)
}

/** Whether there is an operation is told by a backend that has not got it; when an error is sent, by one that sends it. */
function usualRules({ operation, error }: Site): readonly Rule[] {
  return error === null ? [ruleOf({ kind: 'notThere' }, { operation, error })] : [ruleOf({ kind: ['behaviour', 'checkOrder', 'unlistedError'], backend: error }, { operation, error })]
}

function rulesOf(rules: unknown, site: Site): readonly Rule[] {
  return listOf(rules).filter(isObject).map((rule) => ruleOf(rule, site))
}

function ruleOf(rule: Node, { operation, error }: Site): Rule {
  const texts = (key: string) => (rule[key] === undefined ? null : listOf(rule[key]).map(String))
  const [between, backend, stub] = [texts('between'), texts('backend'), texts('stub')]
  const kinds = texts('kind') ?? []
  const isSaid = between !== null || backend !== null || stub !== null || !kinds.every((kind) => kindsAboutErrors.some((one) => one === kind))
  return {
    kinds,
    operations: texts('operation') ?? (operation === null ? null : [operation]),
    places: texts('place'),
    statuses: rule['status'] === undefined ? null : listOf(rule['status']).map(Number),
    errors: texts('error') ?? (isSaid || error === null ? null : [error]),
    between,
    backend,
    stub,
  }
}

function fits({ kinds, operations, places, statuses, errors, between, backend, stub }: Rule, telling: Telling): boolean {
  const answers = [telling.backend, telling.stub].filter((one) => one !== null)
  return (
    kinds.includes(telling.kind) &&
    (operations?.includes(telling.operation) ?? true) &&
    (places?.some((place) => isAt(place, telling.pointer)) ?? true) &&
    (statuses === null || (telling.status !== null && statuses.includes(telling.status))) &&
    (errors === null || answers.some((one) => errors.includes(one))) &&
    (between === null || (answers.length === 2 && answers.every((one) => between.includes(one)))) &&
    (backend === null || (telling.backend !== null && backend.includes(telling.backend))) &&
    (stub === null || (telling.stub !== null && stub.includes(telling.stub)))
  )
}

function isAt(place: string, pointer: string): boolean {
  return place.startsWith('**') ? pointer.endsWith(place.slice(2)) : pointer === place
}

function listOf(value: unknown): readonly unknown[] {
  return value === undefined || value === null ? [] : [value].flat()
}
