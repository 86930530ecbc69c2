/**
 * A call as a test, in a sandbox of its own that is made ready for it: the user is logged in there, an SMS code has been sent, the fault
 * is armed. A token of this sandbox is good in no other, so none stands in the test.
 */
import { ask, control, here } from '../../api.js'
import { errorOf, systemOf } from '../../live/details.js'
import { pathOf } from '../../../plain/url.js'
import { headersOf, literal, options, property } from './as-code.js'
import type { Entry } from './entry.js'
import { secretsOf } from './secret-values.js'

/** What `sms.source('fixed')` sends. */
const FIXED_CODE = '123456'
/** As far back as a history may be asked for at once. */
const WHOLE = 10_000

/** @returns a test that makes the call and expects it to end as it did */
export async function asTest({ id, source, sourceReason }: Pick<Entry, 'id' | 'source' | 'sourceReason'>): Promise<string> {
  const shown = await read(id, false)
  // What was meant for a real backend is somebody's own, and goes into no test.
  const whole = source === 'stub' && sourceReason === null ? await read(id, true) : shown
  const { operationId, request, response } = shown
  const title = `${operationId ?? `${request.method} ${pathOf(request.url)}`} ${endOf(shown)}`
  const call = callOf(shown, { ...whole, user: whole.user ?? (await ownerOf(shown, whole)) })
  const lines = [...(await setup(whole)), ...call.before]
  const end = response.status === 0 ? [`  await expect(${call.text}).rejects.toThrow()`] : [`  const response = await ${call.text}`, `  ${expectation(shown)}`]
  return `import { expect, test } from 'understudy/testing/vitest'

test(${literal(title)}, async ({ box }) => {
${[...lines.map((line) => `  ${line}`), ...end].join('\n')}
})
`
}

function read(id: number, secrets: boolean): Promise<Entry> {
  return ask(control.value.GET('/sandboxes/{sandbox}/requests/{id}', { params: { path: { ...here.value, id }, query: { secrets } } }))
}

/** @returns the user of a token in the body or the query, where the operation asked for none in a header; null where it is nobody's */
async function ownerOf(shown: Entry, whole: Entry): Promise<string | null> {
  const { tokens } = secretsOf(shown, whole)
  if (tokens.length === 0) return null
  const { sessions } = await ask(control.value.GET('/sandboxes/{sandbox}/sessions', { params: { path: here.value, query: { system: whole.system, secrets: true } } }))
  return sessions.find(({ accessToken, refreshToken }) => tokens.some(({ value }) => value === accessToken || value === refreshToken))?.user ?? null
}

/** @returns the call as an expression, and what goes before it */
function callOf(shown: Entry, whole: Entry): { readonly text: string; readonly before: readonly string[] } {
  const { system, request, user, error } = whole
  const { headers: hidden, tokens } = secretsOf(shown, whole)
  const isLoggedIn = user !== null && (hidden.length > 0 || tokens.length > 0)
  const whom = `{ system: ${literal(system)}, user: ${literal(user ?? '')} }`
  const fill = (text: string) => (isLoggedIn ? tokens : []).reduce((filled, { name, value }) => filled.replaceAll(value, `\${session.${/refresh/i.test(name) ? 'refreshToken' : 'accessToken'}}`), template(text))
  const rows = headersOf(request).filter(([name]) => !hidden.includes(name))
  const headers = [...(isLoggedIn && hidden.length > 0 ? ['...headers'] : []), ...rows.map(([name, value]) => `${property(name)}: ${literal(value)}`)]
  const { body } = request
  const text = body?.text ?? null
  const filled = text === null ? null : fill(text)
  const sent = body === null ? null : text === null || filled === null ? `Buffer.from(${literal(body.base64 ?? '')}, 'base64')` : filled === template(text) ? literal(text) : `\`${filled}\``
  const names = [...(tokens.length > 0 ? ['session'] : []), ...(hidden.length > 0 ? ['headers'] : [])]
  return {
    before: isLoggedIn ? [`const { ${names.join(', ')} } = await box.sessions.issue(${whom})`, ...misfortune(system, error, whom)] : misfortune(system, error, null),
    text: `fetch(\`\${box.baseUrl(${literal(system)})}${fill(request.url)}\`${options({ method: request.method, headers, body: sent }, '  ')})`,
  }
}

/** @returns what befell the session, or the system, so that the call failed as it did */
function misfortune(system: string, error: string | null, whom: string | null): readonly string[] {
  const condition = error === null ? undefined : errorOf(system, error)?.condition
  if (condition === 'maintenance') return [`await box.maintenance.on(${literal(system)})`]
  if (whom === null) return []
  if (condition === 'kickedOut') return [`await box.sessions.kick(${whom})`]
  if (condition === 'tokenExpired') return [`await box.sessions.expire(${whom})`]
  if (condition === 'unauthenticated') return [`await box.sessions.revoke(${whom})`]
  return condition === 'banned' ? [`await box.sessions.ban(${whom})`] : []
}

/** @returns what has to be there before the call: the code that it uses, the faults that acted */
async function setup(entry: Entry): Promise<readonly string[]> {
  const used = entry.changes.filter(({ collection, before, after }) => collection === 'smsCodes' && before !== null && after?.['code'] === before['code'])
  const codes = await Promise.all(used.map(async ({ key, before }) => {
    const sending = await callBefore(entry, `${entry.system}/smsCodes/${String(key)}`)
    const counted = before?.['code'] === FIXED_CODE ? [] : [`await box.sms.source('sequence', ${literal(entry.system)})`]
    return sending === null ? [] : [...counted, `await ${callOf(sending, sending).text}`]
  }))
  return [...codes.flat(), ...(await faultsOf(entry))]
}

/** @returns the last call before this one that changed the record; null where it is no longer known */
async function callBefore({ id }: Entry, record: string): Promise<Entry | null> {
  const { history } = await ask(control.value.GET('/sandboxes/{sandbox}/history', { params: { path: here.value, query: { limit: WHOLE } } }))
  const found = history.findLast(({ call, changed }) => call !== null && call.id < id && changed.includes(record))
  return found === undefined || found.call === null ? null : read(found.call.id, true)
}

/** @returns the rules that acted, as they are still listed; the error by itself where its rule is no more */
async function faultsOf({ system, operationId, error, faults }: Entry): Promise<readonly string[]> {
  const ids = faults.filter((id) => id !== 'prefer')
  if (ids.length === 0 || operationId === null) return []
  const { faults: rules } = await ask(control.value.GET('/sandboxes/{sandbox}/faults', { params: { path: here.value } }))
  const known = rules.filter(({ id }) => ids.includes(id)).map(({ fault }) => JSON.stringify(fault))
  const wanted = known.length > 0 || error === null ? known : [JSON.stringify({ kind: 'error', error })]
  return wanted.map((fault) => `await box.faults.add({ system: ${literal(system)}, operationId: ${literal(operationId)}, fault: ${fault}, times: 1 })`)
}

function endOf({ error, response: { status } }: Entry): string {
  if (error !== null) return `fails with ${error}`
  if (status === 0) return 'is dropped'
  return status < 400 ? 'succeeds' : `is answered with HTTP ${String(status)}`
}

/** @returns what says that the answer is as it was: its error, the system's own word for success, or its status */
function expectation({ system, operationId, error, response }: Entry): string {
  const table = systemOf(system)?.errors ?? []
  if (error !== null) {
    const code = errorOf(system, error)?.code
    const isAmbiguous = operationId !== null && table.filter((row) => row.code === code).length > 1
    return `await expect(response).toFailWith(${literal(error)}${isAmbiguous ? `, { operation: ${literal(operationId)} }` : ''})`
  }
  const success = table.find(({ condition }) => condition === 'ok')?.code
  const word = Object.entries(objectIn(response.body?.text ?? '')).find(([, value]) => value === success)
  return word === undefined ? `expect(response.status).toBe(${String(response.status)})` : `expect(await response.json()).toMatchObject({ ${property(word[0])}: ${String(success)} })`
}

/** @returns the object that a text is as JSON; an empty one where it is none */
function objectIn(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** @returns the text as it stands between backticks */
function template(text: string): string {
  return text.replaceAll(/[`\\]|\$(?=\{)/g, '\\$&').replaceAll('\r', '\\r')
}
