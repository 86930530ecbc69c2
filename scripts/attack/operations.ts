/** Any request to any operation of any system, valid, nearly valid and nonsense, sessions kept, while sandboxes are reset, restored and broken on purpose. */
import fc from 'fast-check'
import { anyRequestTo } from '../../test/support/any-request.js'
import { readExamples, type WireRequest } from '../../test/support/requests.js'
import type { System } from '../../src/core/system.js'
import { inParallel, type Send } from './send.js'
import { Tally } from './tally.js'

/** Requests are generated in lots, each from a seed of its own. */
const LOT = 500
const BOXES = 8
/** In one of so many sandboxes faults are armed; there a 5XX or a cut connection is no surprise. */
const BROKEN = 3

/** @returns what came of `count` calls; the same for the same seed, but for their order on the wire */
export async function attackOperations(send: Send, systems: readonly System[], count: number, seed: number): Promise<Tally> {
  const tally = new Tally('any request to any operation')
  const credentials = await logIn(send, systems)
  const anyCall = fc.constantFrom(...systems).chain((system) => {
    const examples = examplesOf.get(system.id) ?? examplesOf.set(system.id, readExamples(system)).get(system.id)
    return fc.constantFrom(...Object.entries(system.contract.operations)).chain(([operation, row]) => {
      return anyRequestTo(operation, row, examples?.get(operation), credentials.get(system.id) ?? {}).map((request) => ({ system, request }))
    })
  })
  for (let lot = 0; lot * LOT < count; lot++) {
    const calls = fc.sample(anyCall, { numRuns: Math.min(LOT, count - lot * LOT), seed: seed + lot })
    await inParallel(calls.length, 16, async (i) => {
      const call = calls[i]
      if (call === undefined) return
      const box = (lot + i) % BOXES
      const path = `/@attack-${String(box)}/${call.system.id}${call.request.path}`
      if (i % 50 === 0) await disturb(send, box, i)
      tally.add(`seed ${String(seed + lot)}: ${describe(call.request, path)}`, await send({ ...call.request, path }), box % BROKEN === 0)
    })
  }
  return tally
}

const examplesOf = new Map<string, ReturnType<typeof readExamples>>()

/** @returns for each system the headers of somebody who is logged in, by "log in as" of the control plane */
async function logIn(send: Send, systems: readonly System[]): Promise<Map<string, Record<string, string>>> {
  const found = new Map<string, Record<string, string>>()
  for (const { id } of systems) {
    const users = await send({ method: 'GET', path: `/__admin/sandboxes/attack-1/db/${id}/sessions?_limit=1` })
    const token = users.kind === 'answer' ? /"accessToken":\s*"([^"]+)"/.exec(users.text)?.[1] : undefined
    const system = systems.find((one) => one.id === id)
    found.set(id, { ...(token === undefined ? {} : system?.dialect.credentials?.carry(token)) })
  }
  return found
}

/** What goes on meanwhile: resets, snapshots taken and put back, clocks that jump, faults and maintenance in some of the sandboxes. */
async function disturb(send: Send, box: number, turn: number): Promise<void> {
  const path = `/__admin/sandboxes/attack-${String(box)}`
  const json = { 'content-type': 'application/json' }
  const deeds: readonly (() => Promise<unknown>)[] = [
    () => send({ method: 'POST', path: `${path}/reset` }),
    async () => {
      const file = await send({ method: 'GET', path: `${path}/snapshot` })
      if (file.kind === 'answer' && file.status === 200) await send({ method: 'PUT', path: `${path}/snapshot`, headers: json, body: file.text })
    },
    () => send({ method: 'POST', path: `${path}/clock/advance`, headers: json, body: '{"by":"PT3H"}' }),
    () => send({ method: 'GET', path: `${path}/requests?limit=5` }),
    () => (box % BROKEN === 0 ? send({ method: 'POST', path: `${path}/faults`, headers: json, body: FAULTS[turn % FAULTS.length] ?? '{}' }) : Promise.resolve()),
    () => (box % BROKEN === 0 ? send({ method: 'PUT', path: `${path}/maintenance`, headers: json, body: '{}' }) : Promise.resolve()),
    () => send({ method: 'DELETE', path: `${path}/maintenance` }),
  ]
  await deeds[(turn / 50) % deeds.length]?.()
}

const FAULTS = ['{"fault":{"kind":"malformed"},"times":2}', '{"fault":{"kind":"status","status":502},"times":2}', '{"fault":{"kind":"drop"},"times":2}', '{"fault":{"kind":"reset"},"times":2}', '{"fault":{"kind":"slow","milliseconds":50},"times":2}']

function describe({ method, headers, body }: WireRequest, path: string): string {
  return JSON.stringify({ method, path, headers, body })
}
