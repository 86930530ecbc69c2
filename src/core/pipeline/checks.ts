/** The checks between routing and the operation. Each dialect says in which order they come. */
import { isDeepStrictEqual } from 'node:util'
import type { BodyType, FieldRow, OperationRow, Violation } from '../contract.js'
import type { Check, Credential } from '../dialect.js'
import { Failure, failWith } from '../failure.js'
import { requireActive, type SessionRecord, type Sessions } from '../sessions.js'
import type { CoreRecords } from '../sandbox.js'
import type { Doc, Transaction } from '../store/types.js'
import { errorOf } from './answer.js'
import type { Exchange } from './exchange.js'
import { parseQuery } from './query.js'
import { fieldsAtFault, firstBrokenRule } from './rules.js'

/** A request as its checks leave it. */
export interface Checked {
  input: Readonly<Record<string, unknown>>
  headers: Readonly<Record<string, string>>
  session: SessionRecord | null
  user: Doc | null
}

/** What a check may look at beside the exchange. */
export interface CheckContext {
  readonly row: OperationRow
  readonly operation: string
  readonly tx: Transaction<CoreRecords & Record<string, Doc>>
  readonly sessions: Sessions
}

type CheckStep = (exchange: Exchange, context: CheckContext, checked: Checked) => Promise<void> | void

/** @throws Failure when the request does not pass */
export const checkSteps: Readonly<Record<Check, CheckStep>> = { headers: checkHeaders, body: decodeBody, session: authenticate, roles: checkRoles, fields: checkFields }

function checkHeaders(exchange: Exchange, { row, operation }: CheckContext, checked: Checked): void {
  const { system } = exchange
  const headers: Record<string, string> = {}
  for (const name of row.headers) {
    const value = exchange.headers[name]
    if (typeof value === 'string') headers[name] = system.dialect.foldedHeaders?.includes(name) ? value.toLowerCase() : value
  }
  const special = system.dialect.checkHeaders?.(exchange, row)
  if (special) throw Failure.when('invalidRequest', { cause: 'header', ...special })
  const validate = system.validators.headers[operation]
  if (validate !== undefined && !validate(headers)) {
    const { field } = firstBrokenRule(validate.errors ?? [], row, () => system.contract.dialect.success)
    throw Failure.when('invalidRequest', { cause: 'header', ...(field === null ? {} : { field }) })
  }
  checked.headers = headers
}

function decodeBody(exchange: Exchange, { row }: CheckContext): void {
  if (row.select === null && !exchange.parsedQuery.decodable) throw Failure.when('invalidRequest', { cause: 'undecodableUrl' })
  const { received, system, bodyType } = exchange
  if (received === null || bodyType === null) return
  if (received.kind === 'refused') throw received.failure
  if (received.kind === 'parts') {
    exchange.body = received.parts
    return
  }
  const { contentType, empty } = system.dialect.body
  if (contentType !== 'any' && mediaTypeOf(exchange) !== bodyType) {
    if (contentType === 'othersAreEmpty' || (received.bytes.length === 0 && empty === 'object')) return
    throw Failure.when('invalidRequest', { cause: 'wrongContentType' })
  }
  if (received.bytes.length === 0 && empty === 'object') return
  exchange.body = decodeBytes(received.bytes, bodyType)
}

function mediaTypeOf(exchange: Exchange): string {
  return (exchange.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

function decodeBytes(bytes: Uint8Array, type: BodyType): Readonly<Record<string, unknown>> {
  const broken = () => Failure.when('invalidRequest', { cause: 'unreadableBody' })
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw broken()
  }
  if (type === 'application/x-www-form-urlencoded') {
    const form = parseQuery(text)
    if (!form.decodable) throw broken()
    return form.all
  }
  try {
    const value: unknown = JSON.parse(text)
    if (isRecord(value)) return value
  } catch {
    // falls through: not JSON at all
  }
  throw broken()
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function authenticate(exchange: Exchange, context: CheckContext, checked: Checked): Promise<void> | void {
  const { row } = context
  const { credentials } = exchange.system.dialect
  if (row.auth === 'none' || credentials === null) return
  const credential = credentials.read(exchange)
  if (credential.sent) return identify(exchange, context, checked, credential, row.auth === 'optional' && credentials.deadIsNone)
  if (row.auth !== 'optional') throw Failure.when('unauthenticated', { cause: 'noCredential' })
}

async function identify(exchange: Exchange, { sessions, tx }: CheckContext, checked: Checked, { tokens, realm }: Credential, mayBeDead?: boolean): Promise<void> {
  const { users } = exchange.system
  const session = await findSession(sessions, tokens, realm, mayBeDead)
  if (session === null) return
  const user = await tx.get(users.collection, users.key(session.userId))
  if (user === undefined) throw Failure.when('unauthenticated', { cause: 'deadCredential' })
  exchange.user = session.userId
  if (users.ban !== null && isDeepStrictEqual(user[users.ban.field], users.ban.banned)) throw Failure.when('banned')
  checked.session = session
  checked.user = user
}

/** @returns the session of the first token that is known; null when it is dead and may be */
async function findSession(sessions: Sessions, tokens: readonly string[], realm: string | undefined, mayBeDead = false): Promise<SessionRecord | null> {
  for (const token of tokens) {
    const found = await sessions.byAccessToken(token, realm)
    if (found.state === 'active' || (found.state !== 'unknown' && !mayBeDead)) return requireActive(found).session
  }
  if (mayBeDead) return null
  throw Failure.when('unauthenticated', { cause: 'deadCredential' })
}

function checkRoles(exchange: Exchange, { row }: CheckContext, { user }: Checked): void {
  if (row.roles.length === 0) return
  const held = user === null ? [] : (exchange.system.users.roles?.(user) ?? [])
  if (!row.roles.some((role) => held.includes(role))) throw Failure.when('forbidden')
}

function checkFields(exchange: Exchange, { row, operation, tx }: CheckContext, checked: Checked): Promise<void> | void {
  const { system } = exchange
  const input = readFields(exchange, row)
  const validate = system.validators.fields[operation]
  const violations = validate === undefined || validate(input) ? [] : (validate.errors ?? [])
  checked.input = input
  const rule = system.rules[operation]
  if (rule !== undefined) {
    const atFault = fieldsAtFault(violations)
    const sound = Object.fromEntries(Object.entries(input).filter(([name]) => !atFault.has(name)))
    const work = { input: sound, session: checked.session, user: checked.user, tx, fail: failWith }
    // The rule's generated type has these fields, all optional; the ones left in have just been found to be sound.
    return checkRule(exchange, row, rule(work as never), violations)
  }
  if (violations.length > 0) throw fieldFailure(exchange, row, violations)
}

/** Of what the schema and the rule find, the one that the contract lists first is the answer. */
async function checkRule(exchange: Exchange, row: OperationRow, rule: Promise<void>, violations: readonly Violation[]): Promise<void> {
  const failures = violations.length === 0 ? [] : [fieldFailure(exchange, row, violations)]
  failures.push(...(await failuresOf(rule)))
  const place = (failure: Failure) => row.errors.indexOf(errorOf(exchange, failure) ?? '')
  const [first] = failures.sort((a, b) => place(a) - place(b))
  if (first !== undefined) throw first
}

function readFields(exchange: Exchange, row: OperationRow): Record<string, unknown> {
  const { emptyIsMissing } = exchange.system.dialect
  const input: Record<string, unknown> = {}
  for (const name in row.fields) {
    const field = row.fields[name]
    if (field === undefined) continue
    const value = readField(exchange, name, field)
    if (value === undefined || (emptyIsMissing && (value === '' || value === null))) continue
    input[name] = convert(value, field, field.in !== 'body' || row.body !== 'application/json')
  }
  return input
}

function fieldFailure(exchange: Exchange, row: OperationRow, violations: readonly Violation[]): Failure {
  const rule = firstBrokenRule(violations, row, (condition) => errorOf(exchange, Failure.when(condition, { cause: 'field' })))
  const field = rule.field === null ? {} : { field: rule.field }
  return rule.error === null ? Failure.when(rule.missing ? 'missingField' : 'invalidRequest', { cause: 'field', ...field }) : Failure.of(rule.error, field)
}

async function failuresOf(rule: Promise<void>): Promise<readonly Failure[]> {
  try {
    await rule
    return []
  } catch (error) {
    if (error instanceof Failure) return [error]
    throw error
  }
}

function readField(exchange: Exchange, name: string, field: FieldRow): unknown {
  switch (field.in) {
    case 'path':
      return exchange.pathParameters[name]
    case 'query':
      return exchange.query(name)
    case 'body':
      return exchange.field(name)
  }
}

/** A text of a URL or form becomes what the contract says it stands for; one that cannot stays a text, and breaks the type rule. */
export function convert(value: unknown, field: FieldRow, isText: boolean): unknown {
  if (typeof value === 'number' && field.numberAsText) return String(value)
  if (typeof value !== 'string' || !isText) return value
  if (field.type === 'integer' && /^-?\d{1,15}$/.test(value)) return Number(value)
  if (field.type === 'number' && /^-?\d{1,15}(\.\d+)?$/.test(value)) return Number(value)
  if (field.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}
