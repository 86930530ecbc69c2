/** A real backend that means harm beside the stub: whatever it answers, each call gets its answer in time, of the dialect or the backend's own, and the stub goes on. */
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { WebSocket } from 'ws'
import { modes } from '../../src/core/backends/setting.js'
import { answers, type Drawn } from './answers.js'
import { budgetOf, PROGRAM } from './budgets.js'
import { framings } from './frames.js'
import type { Asked } from './hostile.js'
import { type Answer, type Call, inParallel, type Send } from './send.js'
import { Tally } from './tally.js'
import type { Target } from './target.js'
import { watchControl } from './watch.js'

/** Real milliseconds that an answer may take, as the sandboxes are told. */
const TIMEOUT = 1000
/** So long a call may take on a machine that does other things as well; and where its answer is a second's work, which is done in slices between all else. */
const [PATIENCE, LONG_PATIENCE] = [10_000, 30_000]
/** So many characters of these may not come through but where they stream; what is short is another call's answer, of a backend that answers nobody. */
const MUCH = 512 * 1024
const WITHOUT_END = ['chunks without end', 'a body without end', 'a body over the bound', 'a gzip bomb', 'a deflate bomb', 'a brotli bomb', 'a bomb in a bomb', 'a bomb that is silent', 'compressed six times over']
const LONG = ['a body below the bound', '700,000 keys']
const SECOND = 1000
/** Each asks in its own way, and has a sandbox of its own. */
const ASKING = modes.filter((mode) => mode !== 'stub')
const SYSTEMS = ['live', 'edu', 'im']
/** What the ledger says of itself: differences of one sandbox. */
const MOST_DRIFT = 500
/** So many connections to a backend are kept, and so many others the stub may have. */
const MOST_OPEN = 128 + 64
const JSON_BODY = { 'content-type': 'application/json' }
const LOGIN = { mobile: '13800003001', auth_code: '123456' }

/** What is called, and what the contract has for it. */
const calls: Readonly<Record<string, { readonly call: Call; readonly right: string; readonly streams?: true }>> = {
  code: { call: { method: 'GET', path: '/live/auth/code?mobile=13800003001&' }, right: '{"code":2000,"desc":"ok"}' },
  login: { call: { method: 'POST', path: '/live/auth/login?', headers: JSON_BODY, body: JSON.stringify(LOGIN) }, right: '{"code":2000,"desc":"ok","api_key":"feedfacefeedfacefeedfacefeed0001","mobile":"13800003001"}' },
  'a long body': { call: { method: 'POST', path: '/live/auth/login?', headers: JSON_BODY, body: JSON.stringify({ ...LOGIN, more: 'x'.repeat(500_000) }) }, right: '{"code":4011,"desc":"invalid auth code"}' },
  channels: { call: { method: 'GET', path: '/live/channels/live?' }, right: '{"code":2000,"desc":"ok","count":0,"channels":[]}' },
  contacts: { call: { method: 'GET', path: '/im/android/user_contacts/?' }, right: '{"status":1,"result":[],"message":"ok","date":"2026-01-05T12:00:00"}' },
  file: { call: { method: 'GET', path: '/edu/file/default.png?' }, right: 'png', streams: true },
}

interface Case extends Drawn {
  readonly kind: string
  readonly mode: string
  readonly name: string
}

/** One call for each kind of answer at the least, in an order of its own. */
function drawCases(count: number, seed: number): readonly Case[] {
  const nearly = fc.record({ code: fc.oneof(fc.constantFrom(2000, 4000, 4010, '2000', 1e300), fc.jsonValue({ maxDepth: 1 })), desc: fc.jsonValue({ maxDepth: 1 }), user: fc.jsonValue(), channels: fc.array(fc.jsonValue()), result: fc.jsonValue(), api_key: fc.jsonValue({ maxDepth: 1 }) }, { requiredKeys: [] })
  const drawn = fc.record({
    mode: fc.constantFrom(...ASKING),
    name: fc.constantFrom(...Object.keys(calls)),
    json: fc.oneof(nearly.map((value) => JSON.stringify(value)), fc.json(), fc.string()),
    status: fc.constantFrom(200, 201, 204, 206, 299, 304, 400, 401, 404, 418, 500, 502, 503, 599),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  const kinds = Object.keys(answers)
  return fc.sample(drawn, { numRuns: Math.max(count, kinds.length), seed }).map((one, turn) => ({ ...one, turn, kind: kinds[turn % kinds.length] ?? '' }))
}

/** What the backend does, by the turns that its calls name. */
export class Plan {
  readonly seed: number
  readonly cases: readonly Case[]

  constructor(count: number, seed: number) {
    this.seed = seed
    this.cases = drawCases(count, seed)
  }

  readonly answer = ({ socket, turn, key }: Asked): void => {
    const one = this.cases[turn]
    const framing = Object.values(framings)[turn]
    if (key !== null) framing?.(socket, key)
    else if (one !== undefined) answers[one.kind]?.(socket, one, calls[one.name]?.right ?? '')
    else answers['right']?.(socket, { turn, json: '', status: 200, part: 0 }, calls['code']?.right ?? '')
  }
}

/** @param backend where the hostile one listens; `plan` is what it does */
export async function attackBackends(send: Send, target: Target, backend: string, { cases, seed }: Plan): Promise<Tally> {
  const tally = new Tally('answers of a hostile backend')
  const budget = await budgetOf(send)
  for (const mode of ASKING) for (const system of SYSTEMS) tally.add(`a backend for ${system}`, await send({ method: 'PUT', path: `/__admin/sandboxes/${mode}/backends/${system}`, headers: JSON_BODY, body: JSON.stringify({ url: backend, mode, timeout: TIMEOUT }) }))
  const watch = watchControl(target, ['/__admin/health', ...ASKING.flatMap((mode) => ['requests?limit=1', 'drift'].map((what) => `/__admin/sandboxes/${mode}/${what}`))])
  await Promise.all([
    inParallel(cases.length, 12, async (turn) => {
      const one = cases[turn]
      const wanted = one === undefined ? undefined : calls[one.name]
      if (one === undefined || wanted === undefined) return
      const told = `seed ${String(seed)}, turn ${String(turn)}: ${one.kind}, to ${wanted.call.method} ${wanted.call.path} (${one.mode})`
      judge(tally, told, one, await send({ ...wanted.call, path: `/@${one.mode}${wanted.call.path}turn=${String(turn)}` }, LONG.includes(one.kind) ? LONG_PATIENCE : PATIENCE), wanted.streams === true)
    }),
    inParallel(Object.keys(framings).length, 4, (turn) => converse(tally, target, turn)),
  ])
  const slowest = await watch.stop()
  tally.notes.push(`a control call meanwhile waited for ${slowest.toFixed(0)} ms of work at the most`)
  if (slowest > SECOND) tally.fail('off', 'control', `a call in the midst of it was answered after ${slowest.toFixed(0)} ms of work`)
  await look(send, tally, target)
  for (const system of ['live', 'im']) await comeBack(send, tally, system)
  const open = openFiles(target.pid)
  if (open > MOST_OPEN) tally.fail('off', 'connections', `${String(open)} files and connections are open after it`)
  if (budget !== null && target.peak > budget + PROGRAM) tally.fail('off', 'memory', `${target.peak.toFixed(0)} MiB at its most, budget ${budget.toFixed(0)} + ${String(PROGRAM)}`)
  return tally
}

/** The backend's own answer is its own, a page as well, as long as it can do nothing here; all else is the stub's, and says why. */
function judge(tally: Tally, told: string, { kind, mode }: Case, answer: Answer, streams: boolean): void {
  // What streams through ends where the backend ends it.
  if (answer.kind !== 'answer') {
    tally.add(told, answer, streams)
    return
  }
  const { 'understudy-source': source, 'understudy-source-reason': reason, 'content-type': type = '', 'content-security-policy': policy = '' } = answer.headers
  if (source === 'real') {
    const isApart = /^application\/json/.test(type) || /sandbox/.test(String(policy))
    tally.expect(isApart && mode !== 'compare' && (streams || answer.text.length < MUCH || !WITHOUT_END.includes(kind)), told, JSON.stringify(answer.headers))
  } else {
    tally.add(told, answer, reason !== undefined)
    if (mode === 'real' && reason === undefined) tally.fail('off', told, `the stub answered and did not say why: ${answer.text}`)
    if (answer.text !== '' && !streams && !isJson(answer.text)) tally.fail('off', told, `what the stub says is no JSON: ${answer.text}`)
  }
  if (kind === 'right' && mode !== 'compare' && (source !== 'real' || answer.status >= 300)) tally.fail('off', told, `a right answer did not come through: ${String(reason)}`)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Connects, says something, and goes: neither side keeps it. */
function converse(tally: Tally, { url }: Target, turn: number): Promise<void> {
  const told = `the push socket: ${Object.keys(framings)[turn] ?? ''}`
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/@real/im/android/websocket/?turn=${String(turn)}`)
    const goodbye = setTimeout(() => { socket.close(1000) }, TIMEOUT)
    const late = setTimeout(() => {
      tally.expect(false, told, 'the connection did not end')
      socket.terminate()
    }, 10 * SECOND)
    socket.on('open', () => { socket.send('{"status":1,"pushId":"","message":"start"}') })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(goodbye)
      if (socket.readyState === WebSocket.CLOSED && late.hasRef()) tally.expect(true, told, '')
      clearTimeout(late)
      resolve()
    })
  })
}

/** What is known of it has a bound, and is told in every form. */
async function look(send: Send, tally: Tally, { url }: Target): Promise<void> {
  for (const mode of ASKING) {
    const path = `/__admin/sandboxes/${mode}`
    const told = await send({ method: 'GET', path: `${path}/drift` }, SECOND)
    const rows = told.kind === 'answer' && told.status === 200 ? told.text.split('"kind":').length - 1 : 0
    tally.expect(rows > 0 && rows <= MOST_DRIFT, `${path}/drift`, `${String(rows)} differences`)
    tally.notes.push(`${String(rows)} differences are kept in the mode ${mode}`)
  }
  for (const format of ['md', 'html', 'json', 'sarif']) {
    const { code, text } = await report(url, 'real', format)
    tally.expect(code === 1 && text !== '' && !(format === 'html' && text.includes('<script>fetch')), `understudy drift --format ${format}`, `exit code ${String(code)}: ${text.slice(0, 200)}`)
  }
  const sockets = await send({ method: 'GET', path: '/__admin/sandboxes/real/sockets' })
  tally.expect(sockets.kind === 'answer' && !/"imPush"/.test(sockets.text), 'sockets that are still open', JSON.stringify(sockets))
}

function report(url: string, sandbox: string, format: string): Promise<{ readonly code: number | null; readonly text: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['dist/cli.js', 'drift', '--url', url, '--sandbox', sandbox, '--format', format], { maxBuffer: 64 * 1024 * 1024, timeout: 10 * SECOND }, (_error, text) => {
      resolve({ code: child.exitCode, text })
    })
  })
}

/** A right answer is right again, and so is the stub without the backend. */
async function comeBack(send: Send, tally: Tally, system: string): Promise<void> {
  const call: Call = { method: 'GET', path: system === 'live' ? '/@real/live/auth/code?mobile=13800003001' : '/@real/im/android/user_contacts/' }
  const real = await send(call)
  tally.expect(real.kind === 'answer' && real.headers['understudy-source'] === 'real' && real.status === 200, `${system} from the backend afterwards`, JSON.stringify(real))
  await send({ method: 'DELETE', path: `/__admin/sandboxes/real/backends/${system}` })
  tally.add(`${system} from the stub afterwards`, await send(call))
}

function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${String(pid)}/fd`).length
  } catch {
    return 0
  }
}
