/** Sandboxes beside hostile backends: they are set up, watched meanwhile, and looked at afterwards. */
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { budgetOf, PROGRAM } from './budgets.js'
import { JSON_BODY, SYSTEMS, TIMEOUT } from './cases.js'
import { isRight } from './judge.js'
import { type Call, inParallel, type Send } from './send.js'
import type { Tally } from './tally.js'
import type { Target } from './target.js'
import { watchControl } from './watch.js'

const SECOND = 1000
/** What the ledger says of itself: differences of one sandbox. */
const MOST_DRIFT = 500

export interface Besieged {
  readonly sandbox: string
  readonly mode: string
  readonly backend: string
  /** Real milliseconds that an answer may take; {@link TIMEOUT} where nothing is said. */
  readonly timeout?: number
}

/**
 * Runs `work` while the control plane is asked about these sandboxes, then `afterwards`, and looks at memory and connections at the end.
 * @param before done first, while nobody watches
 * @param mostOpen so many files and connections the stub may have open then
 */
export async function besiege(send: Send, tally: Tally, target: Target, { besieged, mostOpen, before, work, afterwards }: { readonly besieged: readonly Besieged[]; readonly mostOpen: number; readonly before?: () => Promise<unknown>; readonly work: () => Promise<unknown>; readonly afterwards: () => Promise<void> }): Promise<void> {
  const budget = await budgetOf(send)
  const settings = besieged.flatMap((one) => SYSTEMS.map((system) => ({ ...one, system })))
  await inParallel(settings.length, 4, async (turn) => {
    const { sandbox, mode, backend, system, timeout = TIMEOUT } = settings[turn] ?? { sandbox: '', mode: '', backend: '', system: '' }
    tally.add(`a backend for ${system}`, await send({ method: 'PUT', path: `/__admin/sandboxes/${sandbox}/backends/${system}`, headers: JSON_BODY, body: JSON.stringify({ url: backend, mode, timeout }) }))
  })
  await before?.()
  const watch = watchControl(target, ['/__admin/health', ...besieged.flatMap(({ sandbox }) => ['requests?limit=1', 'drift'].map((what) => `/__admin/sandboxes/${sandbox}/${what}`))])
  await work()
  const slowest = await watch.stop()
  tally.notes.push(`a control call meanwhile waited for ${slowest.toFixed(0)} ms of work at the most`)
  if (slowest > SECOND) tally.fail('off', 'control', `a call in the midst of it was answered after ${slowest.toFixed(0)} ms of work`)
  await afterwards()
  const open = openFiles(target.pid)
  if (open > mostOpen) tally.fail('off', 'connections', `${String(open)} files and connections are open after it`)
  if (budget !== null && target.peak > budget + PROGRAM) tally.fail('off', 'memory', `${target.peak.toFixed(0)} MiB at its most, budget ${budget.toFixed(0)} + ${String(PROGRAM)}`)
}

/** What is known of backends has a bound, and is told in every form: of the sandbox `first` in all of them. */
export async function lookAtDrift(send: Send, tally: Tally, { url }: Target, [first = '', ...others]: readonly string[]): Promise<void> {
  for (const sandbox of [first, ...others]) {
    const path = `/__admin/sandboxes/${sandbox}/drift`
    const told = await send({ method: 'GET', path })
    const rows = told.kind === 'answer' && told.status === 200 ? told.text.split('"kind":').length - 1 : 0
    tally.expect(rows > 0 && rows <= MOST_DRIFT, path, `${String(rows)} differences`)
    tally.notes.push(`${String(rows)} differences are kept in the sandbox ${sandbox}`)
  }
  for (const format of ['md', 'html', 'json', 'sarif']) {
    const { code, text } = await report(url, first, format)
    tally.expect(code === 1 && text !== '' && !(format === 'html' && text.includes('<script>fetch')), `understudy drift --format ${format}`, `exit code ${String(code)}: ${text.slice(0, 200)}`)
  }
}

function report(url: string, sandbox: string, format: string): Promise<{ readonly code: number | null; readonly text: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['dist/cli.js', 'drift', '--url', url, '--sandbox', sandbox, '--format', format], { maxBuffer: 64 * 1024 * 1024, timeout: 10 * SECOND }, (_error, text) => {
      resolve({ code: child.exitCode, text })
    })
  })
}

/**
 * A right answer is right again, and so is the stub without the backend.
 * @param tries how often it may be asked for: a connection that a backend broke is found to be broken by a call
 */
export async function comeBack(send: Send, tally: Tally, { sandbox, system, tries = 1 }: { readonly sandbox: string; readonly system: string; readonly tries?: number }): Promise<void> {
  const call: Call = { method: 'GET', path: `/@${sandbox}${system === 'live' ? '/live/auth/code?mobile=13800003001' : '/im/android/user_contacts/'}` }
  let real = await send(call)
  for (let i = 1; i < tries && !isRight(real); i++) real = await send(call)
  tally.expect(isRight(real), `${system} from the backend of ${sandbox} afterwards`, JSON.stringify(real))
  tally.add(`the backend for ${system} taken away afterwards`, await send({ method: 'DELETE', path: `/__admin/sandboxes/${sandbox}/backends/${system}` }))
  tally.add(`${system} from the stub afterwards`, await send(call))
}

function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${String(pid)}/fd`).length
  } catch {
    return 0
  }
}
