/** One run of calls in four sandboxes, wherever they are kept: in memory, in a file that is closed and opened again, in Redis by two servers in turns. All tell the same. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Stub } from '../src/client/stub.js'
import type { Engine } from '../src/core/engine/engine.js'
import { fileEngine } from '../src/core/engine/file/engine.js'
import { memoryEngine } from '../src/core/engine/memory/engine.js'
import { redisEngine } from '../src/core/engine/redis/engine.js'
import { createStub } from '../src/stub.js'
import { loadSystems } from '../src/systems/load.js'
import { ANDROID, userID } from './support/edu.js'
import { named, noRedis, OwnRedis } from './support/redis.js'
import { buildRequest, readExamples } from './support/requests.js'
import { Transcript } from './support/transcript.js'
import { Caller, type Sent } from './support/transcript-http.js'
import { ask, tellState } from './support/transcript-state.js'

const START = Date.UTC(2026, 0, 5, 4)
const NOON = '2026-01-05T04:00:00.000Z'
const SANDBOXES = ['a', 'b', 'c', 'd']
/** So many calls are made. */
const CALLS = 152
/** After so many a sandbox is moved, in one way after the other. */
const MOVE_AFTER = 19
const systems = await loadSystems([])

/** Who calls each system: realm and id. */
const people: Readonly<Record<string, readonly [string, string]>> = { edu: ['s', userID('001')], job: ['', '4'], live: ['', '1'], im: ['', 'u-4001'] }

/** Calls of all systems, by turns. */
const requests = systems.map((system) => {
  const examples = readExamples(system)
  return Object.entries(system.contract.operations).flatMap(([operation, row]) => {
    const { parameters, bodies } = examples.get(operation) ?? { parameters: {}, bodies: [] }
    return (bodies.length === 0 ? [{}] : bodies).map((body) => ({ system: system.id, ...buildRequest(operation, row, { ...parameters, ...body }) }))
  })
})

/** Servers of one place, of which one is called at a time. */
interface Place {
  /** @returns the server that takes the call of this number */
  at(call: number): Promise<Stub>
  close(): Promise<void>
}

const problems: string[] = []
const open = (engine: Engine) => createStub({ systems, engine, time: { now: () => START }, report: (problem) => problems.push(problem) })

const places: Readonly<Record<string, () => Promise<Place>>> = {
  memory: async () => {
    const stub = await open(memoryEngine())
    return { at: () => Promise.resolve(stub), close: () => stub.close() }
  },
  file: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-transcript-'))
    let stub = await open(fileEngine(folder))
    let opened = 0
    return {
      at: async (call) => {
        // Opened anew twice.
        const due = Math.floor((3 * call) / CALLS)
        if (due > opened && due < 3) {
          await stub.close()
          stub = await open(fileEngine(folder))
          opened = due
        }
        return stub
      },
      close: async () => {
        await stub.close()
        rmSync(folder, { recursive: true })
      },
    }
  },
  redis: async () => {
    const redis = await OwnRedis.start()
    const [one, two] = [await open(redisEngine(redis.url)), await open(redisEngine(redis.url))]
    return {
      at: (call) => Promise.resolve(call % 2 === 0 ? one : two),
      close: async () => {
        await Promise.all([one.close(), two.close()])
        await redis.close()
      },
    }
  },
}

/** Moves of a sandbox, one after the other. */
const moves: readonly ((sandbox: string, calls: number) => readonly Sent[])[] = [
  (sandbox) => [{ method: 'POST', path: `/sandboxes/${sandbox}/rewind`, body: '{"to":12}' }],
  (sandbox) => [{ method: 'POST', path: '/sandboxes', body: `{"name":"of-${sandbox}","fork":{"sandbox":"${sandbox}","at":9}}` }],
  (sandbox) => [{ method: 'POST', path: `/sandboxes/${sandbox}/clock/advance`, body: '{"by":"P2M"}' }, { method: 'POST', path: `/sandboxes/${sandbox}/faults`, body: '{"system":"live","times":2,"fault":{"kind":"status","status":503}}' }],
  (sandbox) => [{ method: 'POST', path: `/sandboxes/${sandbox}/reset` }],
]

/** Makes the world of a sandbox that of one moment: Redis has a clock of its own. */
async function settle(caller: Caller, sandbox: string): Promise<void> {
  await ask(caller, `/sandboxes/${sandbox}/clock/freeze`, 'POST', { at: NOON })
  const snapshot = JSON.parse(await ask(caller, `/sandboxes/${sandbox}/snapshot`)) as object // as control.yaml has it
  await ask(caller, `/sandboxes/${sandbox}/snapshot`, 'PUT', { ...snapshot, boot: START })
}

async function run(place: Place): Promise<void> {
  const transcript = new Transcript('kept')
  const callers = new Map<string, Caller>()
  const callerAt = async (call: number): Promise<Caller> => {
    const { url } = await place.at(call)
    const caller = callers.get(url) ?? new Caller(transcript, url)
    callers.set(url, caller)
    return caller
  }
  transcript.replace(/"duration":[\d.e-]+/g, '"duration":0')
  for (const sandbox of SANDBOXES) await settle(await callerAt(0), sandbox)
  for (let call = 0; call < CALLS; call++) {
    const caller = await callerAt(call)
    const sandbox = SANDBOXES[call % SANDBOXES.length] ?? ''
    const list = requests[call % requests.length] ?? []
    const request = list[Math.floor(call / requests.length) % list.length]
    if (request === undefined) throw new Error('a system without operations')
    const { system, operation, method, path, headers, body } = request
    const [realm, user] = people[system] ?? []
    const issued = user === undefined ? {} : (JSON.parse(await ask(caller, `/sandboxes/${sandbox}/sessions`, 'POST', { system, realm, user })) as { readonly headers: Readonly<Record<string, string>> }).headers // as control.yaml has it
    await caller.tell(`${String(call + 1)} ${sandbox} ${operation}`, { method, path: `/@${sandbox}/${system}${path}`, headers: { ...(system === 'edu' ? ANDROID : {}), ...issued, ...headers }, body })
    if (call % MOVE_AFTER !== MOVE_AFTER - 1) continue
    const turn = Math.floor(call / MOVE_AFTER)
    for (const move of moves[turn % moves.length]?.(sandbox, call) ?? []) await caller.tell(`move of ${sandbox}`, { headers: { 'content-type': 'application/json' }, ...move, path: `/__admin${move.path}` })
    if (turn % moves.length === moves.length - 1) await settle(caller, sandbox)
    // A folder that is opened again has no history of before.
    if (call < CALLS / 3) await caller.tell(`history of ${sandbox}`, { method: 'GET', path: `/__admin/sandboxes/${sandbox}/history` })
  }
  for (const sandbox of [...SANDBOXES, 'of-b', 'of-d', 'of-a', 'of-c']) {
    const caller = await callerAt(CALLS)
    if ((await caller.tell(sandbox, { method: 'GET', path: `/__admin/sandboxes/${sandbox}` })).status === 200) await tellState(caller, sandbox, sandbox)
  }
  for (const caller of callers.values()) caller.close()
  await place.close()
  expect(problems).toEqual([])
  await transcript.hold()
}

test.each(['memory', 'file'])('a run in %s tells what it told', async (where) => {
  const place = await places[where]?.()
  if (place !== undefined) await run(place)
})

test.skipIf(noRedis !== null)(named('a run in redis, by two servers in turns, tells the same'), async () => {
  const place = await places['redis']?.()
  if (place !== undefined) await run(place)
})
