/**
 * `npm run dev`: a stub from the sources. Fixtures, scenarios, the configuration and what is edited in src/systems/ are taken over while it runs.
 * Another source restarts it: once everything can be loaded, the next one takes the place of the one before; what sandboxes keep is in
 * `.understudy`. A changed document in openapi/ has what follows from it generated first.
 * Arguments are those of `understudy start`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { watchFiles } from '../src/cli/watch/files.js'
import type { Order } from './dev/stub.js'

const root = join(import.meta.dirname, '..')
const source = join(root, 'src')
const systems = readdirSync(join(source, 'systems'), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
/** What the stub takes over by itself. */
const TAKEN_OVER = [join(root, 'openapi/bundled'), ...systems.flatMap((id) => [join(source, 'systems', id), join(source, 'generated', id)])]
/** What it is not made of. */
const OTHERS = ['console', 'contract', 'errors', 'testing', 'generated/contracts.ts', 'generated/errors.ts'].map((place) => join(source, place))

/** Node.js with what reads TypeScript, and a script of this folder. */
function run(script: string, args: readonly string[], more: readonly string[] = []): ChildProcess {
  return spawn(process.execPath, ['--import', import.meta.resolve('tsx'), ...more, join(import.meta.dirname, script), ...args], { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
}

function load(): ChildProcess {
  const watched = TAKEN_OVER.flatMap((folder) => ['--sources', folder])
  return run('dev/stub.ts', ['start', '--watch', ...watched, '--data', '.understudy', ...process.argv.slice(2)], ['--import', new URL('dev/fresh.ts', import.meta.url).href])
}

/** @returns whether it has loaded everything; false when it ended instead, and has said why */
function isLoaded(stub: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    stub.once('message', () => { resolve(true) })
    stub.once('exit', () => { resolve(false) })
  })
}

function tell(stub: ChildProcess, order: Order): void {
  if (stub.connected) stub.send(order)
}

const isIn = (file: string, place: string) => file === place || file.startsWith(place + sep)
const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null
const end = (child: ChildProcess) => (hasEnded(child) ? Promise.resolve() : new Promise<void>((resolve) => child.once('exit', () => { resolve() })))

let stub = load()
let isStopping = false

/** The process ends with the stub that serves, unless another one takes its place. */
function begin(): void {
  const beginning = stub
  beginning.once('exit', (code, signal) => {
    if (beginning !== stub) return
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143)
    edits.close()
  })
  tell(beginning, 'begin')
}

async function restart(files: readonly string[]): Promise<void> {
  const next = load()
  if (!(await isLoaded(next))) {
    console.error(`not restarted for ${files.join(', ')}; the stub goes on as it was`)
    return
  }
  const before = stub
  stub = next
  tell(before, 'stop')
  await end(before)
  if (isStopping) tell(next, 'stop')
  else console.log(`restarted for ${files.join(', ')}`)
  begin()
}

const edits = watchFiles(async (changed) => {
  const files = changed.map((file) => relative(root, file))
  const written = files.filter((file) => /\.ya?ml$/.test(file))
  if (written.length > 0) {
    console.log(`generating, for ${written.join(', ')} changed`)
    await end(run('generate.ts', []))
  }
  const restarting = changed.filter((file) => isIn(file, source) && ![...TAKEN_OVER, ...OTHERS].some((place) => isIn(file, place)))
  if (restarting.length > 0) await restart(restarting.map((file) => relative(root, file)))
})

// Ctrl+C in a terminal reaches the stub without our help.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    isStopping = true
    if (signal !== 'SIGINT' || !process.stdin.isTTY) tell(stub, 'stop')
  })
}

if (await isLoaded(stub)) begin()
else process.exitCode = 1
if (!hasEnded(stub)) await edits.look([join(root, 'openapi'), source])
