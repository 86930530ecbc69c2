/**
 * The shape of what `npm run generate` writes for each system: plain data and precompiled validators.
 * The core reads contracts only in this form; it never opens an OpenAPI document.
 */
import type { Condition } from '../generated/conditions.js'

/** One row of a system's error table. */
export interface ErrorRow {
  /** The system's own code, as it travels. Not unique where one number means several things. */
  readonly code: number
  readonly condition: Condition
  /** Default text of the dialect's message key. */
  readonly message: string
  /** Meaning in the words of the backend team's table (zh) and in English (en). */
  readonly meaning: { readonly zh: string; readonly en: string }
  /** HTTP statuses this error may travel with, the usual one first. */
  readonly status: readonly number[]
}

/** A JSON type that a text from a path, query or form is turned into before validation. */
export type FieldType = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'unknown'

/** One named value that an operation takes. */
export interface FieldRow {
  readonly in: 'path' | 'query' | 'body'
  /** `x-unwrap`: where in the body it stands, if not under its own name. */
  readonly at?: readonly string[]
  readonly type: FieldType
  /** `x-coerce: string`: a JSON number is taken as its text. */
  readonly numberAsText?: true
  /** `x-empty: value`: an empty text is sent on purpose, also where a dialect takes it for none. */
  readonly emptyIsValue?: true
  /** JSON Schema keyword (or `default`) -> CONSTANT_NAME of the error that breaking it gives. */
  readonly errors?: Readonly<Record<string, string>>
}

/** Media types of request bodies that the core can read. */
export type BodyType = 'application/json' | 'application/x-www-form-urlencoded' | 'multipart/form-data'

export type AuthLevel = 'none' | 'optional' | 'required'

/** One operation of a contract. */
export interface OperationRow {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** OpenAPI path template, `/users/{id}`. */
  readonly path: string
  /** Path parameter -> regular expression of the decoded segment (`x-routing`). */
  readonly routing: Readonly<Record<string, string>>
  /** Where a query parameter chooses the operation: its name and this operation's value. */
  readonly select: { readonly parameter: string; readonly value: string } | null
  readonly tag: string
  readonly summary: string
  readonly auth: AuthLevel
  readonly roles: readonly string[]
  readonly provenance: 'seed' | 'implied' | 'added'
  /** CONSTANT_NAMEs in the order of the checks. */
  readonly errors: readonly string[]
  readonly fields: Readonly<Record<string, FieldRow>>
  /** Rules of the whole input that belong to no field: keyword -> CONSTANT_NAME. */
  readonly rules: Readonly<Record<string, string>>
  /** Names of the header parameters, in lower case. */
  readonly headers: readonly string[]
  readonly body: BodyType | null
  /** `x-body-limit`: so many bytes of a body are taken; left to whoever serves the contract when left out. */
  readonly bodyLimit?: number
  readonly success: { readonly status: number; readonly mediaType: string | null }
}

/** How a system's bodies are made up (`x-dialect`). */
export interface DialectRow {
  readonly code: string
  readonly message: string
  /** CONSTANT_NAME of success. */
  readonly success: string
  readonly payload: { readonly beside: readonly string[] } | { readonly under: string }
}

/** What a form for a field of a record has to know. */
export interface RecordField {
  /** Of JSON Schema. */
  readonly types: readonly string[]
  /** The only values that it can have; any of its types when left out. */
  readonly choices?: readonly unknown[]
  /** The collection whose key it holds. */
  readonly reference?: string
}

/** A collection as `fixtures/<system>/schema.yaml` tells of it. */
export interface CollectionRow {
  readonly fields: Readonly<Record<string, RecordField>>
  /** The field that says when a record ends (milliseconds since 1970), whose it is, and what to call it. */
  readonly expires?: { readonly at: string; readonly user: string; readonly label: string }
}

/** Everything generated about one system that is plain data. */
export interface Contract {
  readonly system: string
  readonly title: string
  readonly dialect: DialectRow
  readonly errors: Readonly<Record<string, ErrorRow>>
  readonly operations: Readonly<Record<string, OperationRow>>
  /** By name; those that every system has are not among them. */
  readonly collections: Readonly<Record<string, CollectionRow>>
}

/** Each table the other way round: nobody changes one, and every answer of a real backend is looked up in it. */
const tables = new WeakMap<Contract['errors'], ReadonlyMap<unknown, readonly string[]>>()
const NO_NAMES: readonly string[] = []

/** @returns the CONSTANT_NAMEs that are answered with this code, in the order of the table */
export function namesOfCode(errors: Contract['errors'], code: unknown): readonly string[] {
  let table = tables.get(errors)
  if (table === undefined) {
    table = turned(errors)
    tables.set(errors, table)
  }
  return table.get(code) ?? NO_NAMES
}

function turned(errors: Contract['errors']): ReadonlyMap<unknown, readonly string[]> {
  const table = new Map<unknown, string[]>()
  for (const [name, { code }] of Object.entries(errors)) {
    const names = table.get(code)
    if (names === undefined) table.set(code, [name])
    else names.push(name)
  }
  return table
}

/** One broken rule, as Ajv reports it. */
export interface Violation {
  readonly instancePath: string
  readonly schemaPath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message?: string
}

/** A precompiled validator; `errors` holds what the last call found. */
export interface Validator<T = unknown> {
  (data: unknown): data is T
  errors?: readonly Violation[] | null
}

/** The precompiled validators of one system. */
export interface Validators {
  /** By operationId: path, query and body fields as one flat object (all broken rules are reported). */
  readonly fields: Readonly<Record<string, Validator>>
  /** By operationId, for operations with header parameters: an object of lower-case names. */
  readonly headers: Readonly<Record<string, Validator>>
  /** By operationId: the whole success body. Absent where success is not JSON. */
  readonly success: Readonly<Record<string, Validator>>
  /** By CONSTANT_NAME: the whole failure body with that code. */
  readonly failures: Readonly<Record<string, Validator>>
  /** The JSON body of what answers a path or a verb that no operation has. Absent where it is not JSON. */
  readonly unmatched: Validator | null
  /** By collection of `fixtures/<system>/schema.yaml`. */
  readonly records: Readonly<Record<string, Validator>>
  /** By name of a component schema marked `x-validator: true` (frames of a socket, for example). */
  readonly schemas: Readonly<Record<string, Validator>>
}

/** Of these the ones that an answer is held against. */
export type AnswerValidators = Pick<Validators, 'success' | 'failures' | 'unmatched' | 'schemas'>
