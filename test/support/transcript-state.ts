/** What calls leave behind in a sandbox, for transcripts: records, SMS, journal. */
import { hashOf, inShort } from './transcript.js'
import type { Caller } from './transcript-http.js'

type Fields = Readonly<Record<string, unknown>>
interface Change { readonly collection: string; readonly key: string | number; readonly before: Fields | null; readonly after: Fields | null }
interface Entry extends Fields {
  readonly id: number
  readonly operationId: string | null
  readonly changes: readonly Change[]
  readonly request: { readonly method: string }
  readonly response: { readonly status: number }
}
interface Snapshot extends Fields { readonly systems: Readonly<Record<string, { readonly store: Readonly<Record<string, { readonly put: readonly Fields[]; readonly deleted: readonly unknown[] }>> }>> }

/** Writes down what the sandbox has become: its snapshot, its inbox, and its journal since the entry `after`. @returns the last entry */
export async function tellState(caller: Caller, sandbox: string, title: string, after = 0): Promise<number> {
  await tellSnapshot(caller, sandbox, title)
  const inbox = JSON.parse((await ask(caller, `/sandboxes/${sandbox}/sms`))) as Fields
  caller.transcript.add(`${title} · inbox`, ...Object.entries(inbox).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => `${name} ${inShort(JSON.stringify(one))}`)))
  return tellJournal(caller, sandbox, title, after)
}

/** Writes down which records a sandbox has changed, and the rest of its snapshot. */
export async function tellSnapshot(caller: Caller, sandbox: string, title: string): Promise<void> {
  const { systems, package: _package, ...rest } = JSON.parse(await ask(caller, `/sandboxes/${sandbox}/snapshot`)) as Snapshot // as control.yaml has it
  caller.transcript.add(`${title} · snapshot`, inShort(JSON.stringify(rest), 2000), ...Object.entries(systems).flatMap(([system, { store, ...switches }]) => [
    `${system} ${JSON.stringify(switches)}`,
    ...Object.entries(store).flatMap(([collection, { put, deleted }]) => [
      ...put.map((record) => `${system} ${collection} ${inShort(JSON.stringify(record), 200)}`),
      ...(deleted.length === 0 ? [] : [`${system} ${collection} without ${inShort(JSON.stringify(deleted))}`]),
    ]),
  ]))
}

/** Writes down the journal since an entry: what it knows of a call beside what went to and fro, and a hash of all. @returns the last entry */
export async function tellJournal(caller: Caller, sandbox: string, title: string, after = 0): Promise<number> {
  const { requests } = JSON.parse(await ask(caller, `/sandboxes/${sandbox}/requests?limit=10000&secrets=true`)) as { readonly requests: readonly Entry[] } // as control.yaml has it
  const fresh = requests.filter(({ id }) => id > after).sort((a, b) => a.id - b.id)
  caller.transcript.add(`${title} · journal`, ...fresh.map((entry) => lineOf(caller, entry)))
  return fresh.at(-1)?.id ?? after
}

/** An entry on one line; what is as usual is left out. */
function lineOf({ transcript }: Caller, { duration: _duration, ...entry }: Entry): string {
  const { id, operationId, request, response, changes } = entry
  const told = ['user', 'error', 'faults', 'violations', 'changesLeftOut', 'preflight', 'source', 'sourceReason', 'nearMisses'].flatMap((name) => {
    const value = entry[name]
    const isUsual = value === null || value === undefined || value === false || value === 'stub' || (Array.isArray(value) && value.length === 0)
    return isUsual ? [] : [`${name}=${inShort(JSON.stringify(value))}`]
  })
  const whole = hashOf(transcript.plain(JSON.stringify(entry)))
  return [`${String(id)} ${operationId ?? '-'} ${request.method} ${String(response.status)}`, ...told, ...changes.map(changeOf), `#${whole}`].join(' ')
}

function changeOf({ collection, key, before, after }: Change): string {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]))
  const how = before === null ? '+' : after === null ? '-' : '~'
  return `${how}${collection}/${String(key)}${how === '~' ? `{${fields.map((name) => `${name}:${inShort(JSON.stringify(after?.[name] ?? null), 40)}`).join()}}` : ''}`
}

/** @returns the body of an answer of the control plane */
export async function ask(caller: Caller, path: string, method = 'GET', body: object | null = null): Promise<string> {
  const { status, text } = await caller.send({ method, path: `/__admin${path}`, ...(body === null ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) })
  if (status >= 300 || status === 0) throw new Error(`${method} ${path}: ${String(status)} ${text}`)
  return text
}
