/** Floods: uploads, large bodies, sandboxes. Memory stays within the budget that the server states, and control answers within a second, also in the midst of it. */
import { inParallel, type Send, sender } from './send.js'
import { Tally } from './tally.js'
import type { Target } from './target.js'
import { watchControl } from './watch.js'

const JSON_BODY = { 'content-type': 'application/json' }
/** MiB above the stated budget: the program itself. */
export const PROGRAM = 150
const SECOND = 1000
/** So many fault rules a sandbox holds, and so many calls come at once. */
const [RULES, AT_ONCE] = [1000, 1500]
/** So many sandboxes are filled with records. */
const FILLED = 10
/** The server may work so long before it answers a control call in the midst of a flood. */
const MOST_WAIT = SECOND

/** @param size how often each flood is poured; 1 is the short form */
export async function attackBudgets(send: Send, target: Target, size: number): Promise<Tally> {
  const tally = new Tally('floods, against the budget')
  const budget = await budgetOf(send)
  if (budget === null) tally.fail('off', 'GET /__admin/health', 'it states no budget of memory')
  // Each has a content of its own: the same one again would be kept once.
  const upload = (turn: number) => `--x\r\nContent-Disposition: form-data; name="upload"; filename="a.bin"\r\nContent-Type: application/octet-stream\r\n\r\n${String(turn).padStart(10, '0')}${'b'.repeat(5 * 1024 * 1024 - 20)}\r\n--x--\r\n`
  const unprintable = `{"mobile":"${'\\u0001'.repeat(10_000)}"}`
  const floods: Record<string, readonly [count: number, pour: (turn: number) => Promise<unknown>, atOnce?: number]> = {
    'uploads of 5 MiB': [200 * size, (turn) => send({ method: 'POST', path: `/@upload-${String(turn % 5)}/edu/upload`, headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: upload(turn) })],
    'bodies of 64 KiB': [4000 * size, (turn) => send({ method: 'POST', path: `/@flood-${String(turn % 10)}/live/auth/login`, headers: JSON_BODY, body: unprintable })],
    'files of im': [200 * size, (turn) => send({ method: 'POST', path: '/im/android/save_file/', headers: JSON_BODY, body: JSON.stringify({ name: `f${String(turn)}.bin`, content: Buffer.alloc(1024 * 1024, String(turn)).toString('base64') }) })],
    'numbers that ask for a code': [20_000 * size, (turn) => send({ method: 'GET', path: `/live/auth/code?mobile=139${String(turn).padStart(8, '0')}` })],
    'sandboxes': [12_000 * size, (turn) => send({ method: 'GET', path: `/@z${String(turn)}/live/auth/code?mobile=13800003001` })],
    'records by control': [2000 * size, (turn) => send({ method: 'POST', path: `/__admin/sandboxes/records-${String(turn % FILLED)}/db/live/channels`, headers: JSON_BODY, body: JSON.stringify({ id: 1000 + turn, title: 't', thumbnail: '', desc: 'd'.repeat(60_000), status: 0, owner_id: 1, visit_count: 0, like_count: 0, started_at: 0 }) })],
  }
  const rules: Readonly<Record<string, object>> = {
    'all of which make it wait': { fault: { kind: 'latency', min: 1 } },
    'none of which acts': { probability: 1e-9, fault: { kind: 'error', code: 4010 } },
  }
  const wide = sender(target.url, AT_ONCE)
  for (const [name, rule] of Object.entries(rules)) {
    const box = `rules-${String(Object.keys(floods).length)}`
    await inParallel(RULES, 8, async () => {
      await send({ method: 'POST', path: `/__admin/sandboxes/${box}/faults`, headers: JSON_BODY, body: JSON.stringify(rule) })
    })
    const title = `calls at once under ${String(RULES)} rules, ${name}`
    floods[title] = [AT_ONCE, async (turn) => {
      const answer = await wide({ method: 'GET', path: `/@${box}/live/auth/code?mobile=138${String(turn).padStart(8, '0')}` }, 60 * SECOND)
      if (answer.kind !== 'answer' || answer.status !== 200) tally.fail('off', title, JSON.stringify(answer))
    }, AT_ONCE]
  }
  for (const [name, [count, pour, atOnce = 16]] of Object.entries(floods)) {
    // Where the records take up all that there is for them, every call that changes something is refused, and none would meet its rules.
    if (atOnce === AT_ONCE) await makeRoom(send)
    const watch = watchControl(target)
    await inParallel(count, atOnce, async (turn) => {
      await pour(turn)
    })
    const slowest = await watch.stop()
    if (slowest > MOST_WAIT) tally.fail('off', name, `a control call in the midst of it was answered after ${slowest.toFixed(0)} ms of work`)
    const begun = performance.now()
    const health = await send({ method: 'GET', path: '/__admin/health' }, 10 * SECOND)
    const reads = await send({ method: 'GET', path: '/__admin/sandboxes/default/requests?limit=1' }, 10 * SECOND)
    const took = performance.now() - begun
    tally.add(`${String(count)} ${name}, then health`, health)
    tally.add(`${String(count)} ${name}, then one entry of the journal`, reads)
    if (took > 2 * SECOND) tally.fail('off', name, `two control calls after it took ${took.toFixed(0)} ms`)
    const memory = target.memory()
    tally.notes.push(`after ${count.toLocaleString('en')} ${name}: ${memory.toFixed(0)} MiB, ${target.peak.toFixed(0)} at its most so far; a control call meanwhile waited for ${slowest.toFixed(0)} ms of work at the most`)
    // Also for a moment in the midst of it.
    if (budget !== null && target.peak > budget + PROGRAM) tally.fail('off', name, `${target.peak.toFixed(0)} MiB at its most, budget ${budget.toFixed(0)} + ${String(PROGRAM)}`)
  }
  const kept = await send({ method: 'GET', path: '/__admin/sandboxes/default' })
  if (kept.kind !== 'answer' || kept.status !== 200) tally.fail('off', 'the sandbox default after the floods', JSON.stringify(kept))
  return tally
}

/** Gives up the numbers that have asked for codes, and the records that were written by control. */
async function makeRoom(send: Send): Promise<void> {
  await inParallel(FILLED, 8, async (turn) => {
    await send({ method: 'DELETE', path: `/__admin/sandboxes/records-${String(turn)}` })
  })
  await send({ method: 'POST', path: '/__admin/sandboxes/default/reset' })
}

/** @returns MiB; null where the server states none */
export async function budgetOf(send: Send): Promise<number | null> {
  const health = await send({ method: 'GET', path: '/__admin/health' })
  const found = health.kind === 'answer' ? /"budget":\s*(\d+)/.exec(health.text)?.[1] : undefined
  return found === undefined ? null : Number(found) / 1024 / 1024
}
