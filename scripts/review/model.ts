/** What the backend team is asked to review, read from the documents: every operation, code and decision, in both languages. */
import { standingOf, type Standing } from '../generate/answers.js'
import { errorSchemes, type SchemeRow } from '../generate/error-schemes.js'
import { contractOf } from '../generate/contract.js'
import { asObject, asObjects, asString, type JsonObject } from '../generate/json.js'
import type { Project, SystemSource } from '../generate/load.js'
import { askedIn, numberOf, type Asked } from '../generate/questions.js'
import { errorsOf, type ErrorEntry, type Operation, type System } from '../generate/system.js'
import { bilingual, type Bilingual } from '../../src/plain/bilingual.js'

/** A place where a text left something open, and what was made of it. */
export interface Decision {
  /** The number of its question: `edu-q12`; null until it has one. */
  readonly number: string | null
  readonly standing: Standing | null
  /** What it belongs to: an operationId, a constant, a schema; null: the system as a whole. */
  readonly about: string | null
  readonly topic: Bilingual
  readonly says: Bilingual
  readonly reading: Bilingual
  /** What is taken besides; written in English, the Chinese reading has it in its text. */
  readonly tolerated: string | null
}

/** Something that is asked, and how it stands; null where nobody has answered. */
export type AskedQuestion = Asked & { readonly standing: Standing | null }

export interface ReviewedOperation {
  readonly id: string
  readonly method: string
  /** With the value that selects it: `/index.php?r=user/register`. */
  readonly path: string
  readonly summary: Bilingual
  readonly provenance: string
  readonly auth: string
  readonly roles: readonly string[]
  readonly errors: readonly ErrorEntry[]
}

export interface ReviewedSystem {
  readonly id: string
  readonly title: Bilingual
  readonly description: Bilingual
  readonly areas: readonly { readonly name: string; readonly description: Bilingual; readonly operations: readonly ReviewedOperation[] }[]
  readonly operations: readonly ReviewedOperation[]
  /** The whole table, success included, with the operations that have each row. */
  readonly errors: readonly { readonly error: ErrorEntry; readonly operations: readonly string[] }[]
  readonly decisions: readonly Decision[]
  /** All that is asked, decisions among it, and how it stands. */
  readonly asked: readonly AskedQuestion[]
  readonly system: System
}

export interface Review {
  readonly systems: readonly ReviewedSystem[]
  readonly schemes: readonly SchemeRow[]
}

/** Reads a project. Throws ContractError where a document does not follow the convention. */
export function reviewOf({ systems, conditions }: Project): Review {
  const sources = systems.filter(({ system }) => system.dialect !== null)
  const reviewed = sources.map(({ system }) => system)
  return {
    systems: sources.map(readSystem),
    schemes: conditions === null ? [] : errorSchemes(reviewed, conditions),
  }
}

function readSystem({ system, answers }: SystemSource): ReviewedSystem {
  const { document } = system
  const asked = askedIn(system).map((one): AskedQuestion => ({ ...one, standing: standingOf(one, answers) }))
  const info = asObject(document.info, 'info')
  const rows = asObject(contractOf(system, {}).operations, 'operations')
  const operations = system.operations.map((operation) => ({ ...readOperation(system, operation, asObject(rows[operation.id], operation.id)), tag: asString(asObject(rows[operation.id], operation.id).tag, 'tag') }))
  return {
    id: system.id,
    title: bilingual(system.title, ' · '),
    description: bilingual(asString(info.description, 'info.description'), '\n\n'),
    areas: asObjects(document.tags, 'tags').map((tag) => ({
      name: asString(tag.name, 'tag'),
      description: bilingual(asString(tag.description, 'tag.description'), ' · '),
      operations: operations.filter((operation) => operation.tag === tag.name),
    })).filter((area) => area.operations.length > 0),
    operations,
    errors: system.errors.map((error) => ({ error, operations: system.operations.filter(({ errors }) => errors.includes(error.name)).map(({ id }) => id) })),
    decisions: asked.filter(({ kind }) => kind === 'reading').map(readDecision),
    asked,
    system,
  }
}

function readOperation(system: System, operation: Operation, row: JsonObject): ReviewedOperation {
  const { select } = operation
  return {
    id: operation.id,
    method: operation.method.toUpperCase(),
    path: select === null ? operation.path : `${operation.path}?${select.parameter}=${select.value}`,
    summary: bilingual(asString(row.summary, 'summary'), ' · '),
    provenance: asString(row.provenance, 'provenance'),
    auth: asString(row.auth, 'auth'),
    roles: Array.isArray(row.roles) ? row.roles.map((role) => asString(role, 'role')) : [],
    errors: errorsOf(system, operation),
  }
}

/** A decision in words. Throws ContractError if one is missing. */
export function readDecision(asked: AskedQuestion): Decision {
  const { about, node } = asked
  const both = (key: string) => ({ en: asString(node[key], `x-decision.${key}`), zh: asString(node[`${key}Zh`], `x-decision.${key}Zh`) })
  return { number: numberOf(asked), standing: asked.standing, about, topic: both('topic'), says: both('says'), reading: both('reading'), tolerated: typeof node.tolerated === 'string' ? node.tolerated : null }
}

/** Who has an error, in words: all, all but a few, those few, or how many of how many. */
export function usersOf({ operations }: ReviewedSystem, users: readonly string[], say: { readonly every: string; readonly everyBut: string; readonly of: string }): string {
  const others = operations.filter(({ id }) => !users.includes(id)).map(({ id }) => id)
  if (users.length <= 6) return users.join(', ')
  if (others.length === 0) return say.every
  return others.length <= 4 ? `${say.everyBut} ${others.join(', ')}` : `${String(users.length)} ${say.of} ${String(operations.length)}`
}
