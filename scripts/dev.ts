/**
 * `npm run dev`: a stub from the sources. Fixtures, scenarios, the configuration and what is edited in src/systems/ are taken over while it runs.
 * Another source restarts it: once the next one has been loaded and tried, it takes the place of the one before. The port is this process's, so that calls
 * wait for a moment and none is refused; what sandboxes keep is in `.understudy`. A changed document in openapi/ has what follows from it generated first, by
 * a process that has read everything already.
 * Arguments are those of `understudy start`.
 */
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { ownScript, whenParentIsGone } from '../src/cli/parent.js'
import { watchFiles } from '../src/cli/watch/files.js'
import { Generator } from './dev/generator.js'
import { Ports } from './dev/ports.js'
import type { Order, Said } from './dev/words.js'

const root = join(import.meta.dirname, '..')
const source = join(root, 'src')
const systems = readdirSync(join(source, 'systems'), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
/** What the stub takes over by itself. */
const TAKEN_OVER = [join(root, 'openapi/bundled'), ...systems.flatMap((id) => [join(source, 'systems', id), join(source, 'generated', id)])]
/** What it is not made of. */
const OTHERS = ['console', 'contract', 'errors', 'testing', 'generated/contracts.ts', 'generated/errors.ts'].map((place) => join(source, place))

/** What the generator reads beside openapi/. */
const SCHEMAS = [join(root, 'fixtures/core.schema.yaml'), ...systems.map((id) => join(root, 'fixtures', id, 'schema.yaml'))]
/** Megabytes of its objects; generating everything once takes less than a third. */
const MOST_GENERATING = 512

/** Node.js with what reads TypeScript, and a script of this folder. */
function run(script: string, args: readonly string[], more: readonly string[], stdio: StdioOptions): ChildProcess {
  return spawn(process.execPath, ['--import', import.meta.resolve('tsx'), ...more, join(import.meta.dirname, script), ...args], { cwd: root, stdio })
}

// It says what it has to say to this process alone, and so keeps no terminal and no pipe of it open.
const generator = new Generator(() => run('dev/generate.ts', [], [`--max-old-space-size=${String(MOST_GENERATING)}`], ['ignore', 'ignore', 'ignore', 'ipc']))

const ports = new Ports()

function load(): ChildProcess {
  const watched = TAKEN_OVER.flatMap((folder) => ['--sources', folder])
  const stub = run('dev/stub.ts', ['start', '--watch', ...watched, '--data', '.understudy', ...process.argv.slice(2)], ['--import', new URL('dev/fresh.ts', import.meta.url).href], ['inherit', 'inherit', 'inherit', 'ipc'])
  stub.on('message', (said: Said) => {
    if (typeof said === 'object' && 'open' in said) void ports.open(said.open, said.port, said.host, stub)
    if (said === 'began') ports.closeUnused()
  })
  return stub
}

/** What was last told to be wrong; a file that is saved twice does not make it two mistakes. */
let complaint = ''

/** @returns whether it says that it has come so far; false when it ended instead, and why has been told */
function hears(stub: ChildProcess, wanted: 'loaded' | 'ready' | 'began', consequence: string): Promise<boolean> {
  return new Promise((resolve) => {
    stub.on('message', (said: Said) => {
      if (said === wanted) resolve(true)
      if (typeof said !== 'object' || !('broken' in said)) return
      if (said.broken !== complaint) console.error(`${said.broken}${consequence}`)
      complaint = said.broken
    })
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
const hasToStop = () => isStopping

function finish(): void {
  edits.close()
  generator.end()
  ports.close()
}

/** The process ends with a first stub that never serves, or when it is told to. One that goes down later is followed by another at the next edit; calls wait so long. @param ready when it may serve */
function begin(isFirst: boolean, ready: Promise<void> = Promise.resolve()): void {
  const beginning = stub
  let isFollowed = !isFirst
  beginning.on('message', (said: Said) => {
    if (said === 'began') isFollowed = true
  })
  beginning.once('exit', (code, signal) => {
    if (beginning !== stub) return
    ports.hold()
    if (!hasToStop() && isFollowed && code !== 0) {
      console.error('the stub ended; calls wait until an edit mends it')
      return
    }
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143)
    finish()
  })
  ready.then(() => { tell(beginning, 'begin') }, () => undefined) // whoever has asked for it hears why not
}

async function restart(files: readonly string[]): Promise<void> {
  const next = load()
  const consequence = `\nnot restarted for ${inWords(files)}; the stub goes on as it was`
  const isReady = (await hears(next, 'loaded', consequence)) && (tell(next, 'rehearse'), await hears(next, 'ready', consequence))
  if (!isReady || hasToStop()) {
    tell(next, 'stop')
    return
  }
  complaint = ''
  const before = stub
  stub = next
  ports.hold()
  tell(before, 'yield')
  await end(before)
  if (hasToStop()) tell(next, 'stop')
  console.log(`restarted for ${inWords(files)}`)
  begin(false)
}

/** What was last told to be wrong in the documents. */
let mistakes: readonly string[] = []
/** Files that a broken generator did nothing for. */
let left: readonly string[] = []

async function generate(files: readonly string[]): Promise<void> {
  console.log(`generating, for ${inWords(files)} changed`)
  const said = await generator.generate(files)
  if (hasToStop()) return
  const problems = 'broken' in said ? [said.broken] : said.problems
  for (const problem of problems) if (!mistakes.includes(problem)) console.error(problem)
  mistakes = problems
  left = 'broken' in said ? files : []
  if ('broken' in said) return
  for (const { file, why } of said.written) console.log(`${file}: ${why}`)
  console.log(`${String(said.files)} generated files, ${String(said.written.length)} written`)
}

const inWords = (files: readonly string[]) => files.map((file) => relative(root, file)).join(', ')

const edits = watchFiles(async (changed) => {
  // Where none serves, none takes an edit over either.
  const restarting = changed.filter((file) => hasEnded(stub) || (isIn(file, source) && ![...TAKEN_OVER, ...OTHERS].some((place) => isIn(file, place))))
  const isMended = generator.endIfMadeOf(changed)
  const written = changed.filter((file) => /\.ya?ml$/.test(file))
  if (written.length > 0 || (isMended && left.length > 0)) await generate([...new Set([...left, ...written])])
  if (restarting.length > 0) await restart(restarting)
  if (!hasToStop()) generator.warm()
})

/** @param isTold whether the stub knows already */
function stop(isTold = false): void {
  isStopping = true
  generator.end()
  if (hasEnded(stub)) finish()
  else if (!isTold) tell(stub, 'stop')
}

// Ctrl+C in a terminal reaches the stub without our help.
process.on('SIGINT', () => { stop(process.stdin.isTTY) })
process.on('SIGTERM', () => { stop() })
if (ownScript() === 'dev') whenParentIsGone(() => { stop() })

if (await hears(stub, 'loaded', '')) {
  // Whoever calls it edits as well: no edit is missed from then on.
  const looks = edits.look([join(root, 'openapi'), ...SCHEMAS, source, join(import.meta.dirname, 'generate')])
  begin(true, looks)
  const serves = hears(stub, 'began', '')
  await looks
  if (await serves) generator.warm()
} else process.exitCode = hasToStop() ? 143 : 1
