/**
 * Phase 4, checked: what the checks between routing and the operation find. Each dialect says in which order they come; each takes
 * what the ones before it have found and returns the same with its own. They run inside the transaction, so they may run again.
 */
import type { Check } from '../dialect.js'
import { Failure } from '../failure.js'
import { type Caller, identify, NOBODY, type Registry } from '../identify.js'
import { decodeBody } from './decode.js'
import { checkFields, readFields, readHeaders } from './fields.js'
import type { Received } from './receive.js'
import { firstBrokenRule } from './rules.js'
import { type BodyFields, View } from './view.js'

/** A call as its checks leave it. */
export interface Checked {
  /** Header parameters of the contract, names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Decoded fields of the body. */
  readonly body: BodyFields
  readonly caller: Caller
  /** Path, query and body fields, checked against the contract. */
  readonly input: BodyFields
  /** Why the call is not carried out; null when it passed. No check comes after the one that failed. */
  readonly failure: Failure | null
}

const EMPTY: Readonly<Record<string, never>> = {}
const UNCHECKED: Checked = { headers: EMPTY, body: EMPTY, caller: NOBODY, input: EMPTY, failure: null }

type CheckStep = (received: Received, before: Checked, registry: Registry) => Checked | Promise<Checked>

const steps: Readonly<Record<Check, CheckStep>> = { headers: checkHeaders, body: checkBody, session: checkSession, roles: checkRoles, fields: checkInput }

/** @returns what the checks of the call's dialect find, up to the first that fails */
export async function check(received: Received, registry: Registry): Promise<Checked> {
  let checked = UNCHECKED
  for (const name of registry.system.dialect.checks) {
    const result = steps[name](received, checked, registry)
    checked = result instanceof Promise ? await result : result
    if (checked.failure !== null) return checked
  }
  return checked
}

function checkHeaders({ routed }: Received, before: Checked, { system }: Registry): Checked {
  const { row, operation } = routed
  const headers = readHeaders(routed, row)
  const special = system.dialect.checkHeaders?.(new View(routed, EMPTY), row, routed.arrival.settings)
  if (special) return fail(before, Failure.when('invalidRequest', { cause: 'header', ...special }))
  const validate = system.validators.headers[operation]
  if (validate !== undefined && !validate(headers)) {
    const { field } = firstBrokenRule(validate.errors ?? [], row, () => system.contract.dialect.success)
    return fail(before, Failure.when('invalidRequest', { cause: 'header', ...(field === null ? {} : { field }) }))
  }
  return { ...before, headers }
}

function checkBody(received: Received, before: Checked): Checked {
  const body = decodeBody(received)
  return body instanceof Failure ? fail(before, body) : { ...before, body }
}

function checkSession({ routed }: Received, before: Checked, registry: Registry): Checked | Promise<Checked> {
  const { row } = routed
  const { credentials } = registry.system.dialect
  if (row.auth === 'none' || credentials === null) return before
  const credential = credentials.read(new View(routed, before.body))
  if (credential.sent) return checkCaller(before, identify(registry, { ...credential, mayBeDead: row.auth === 'optional' && credentials.deadIsNone === true }))
  return row.auth === 'optional' ? before : fail(before, Failure.when('unauthenticated', { cause: 'noCredential' }))
}

async function checkCaller(before: Checked, identified: Promise<Caller>): Promise<Checked> {
  const caller = await identified
  return { ...before, caller, failure: caller.kind === 'refused' ? caller.failure : null }
}

function checkRoles({ routed: { row } }: Received, before: Checked, { system }: Registry): Checked {
  if (row.roles.length === 0) return before
  const held = before.caller.kind === 'known' ? (system.users.roles?.(before.caller.user) ?? []) : []
  return row.roles.some((role) => held.includes(role)) ? before : fail(before, Failure.when('forbidden'))
}

function checkInput({ routed }: Received, before: Checked, registry: Registry): Checked | Promise<Checked> {
  const input = readFields(routed, before.body)
  const failure = checkFields(routed, input, before.caller.kind === 'known' ? before.caller : null, registry)
  return failure instanceof Promise ? withRule({ ...before, input }, failure) : { ...before, input, failure }
}

async function withRule(before: Checked, failure: Promise<Failure | null>): Promise<Checked> {
  return { ...before, failure: await failure }
}

function fail(before: Checked, failure: Failure): Checked {
  return { ...before, failure }
}
