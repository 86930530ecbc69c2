/**
 * A stub from the sources, started by `npm run dev`: everything is loaded and tried, and only then, when it is told so, does it open the folder of the
 * sandboxes and take connections. So the one before goes on where a source cannot be loaded or does not serve.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { whereAndWhy } from '../../src/plain/where.js'
import type { RunningServer } from '../../src/server.js'
import type { Answer, Order, Said } from './words.js'

const source = join(import.meta.dirname, '../../src')
/** What a running stub is made of, and what is loaded in browsers. */
const ROOMS = ['cli', 'client', 'control', 'core', 'docs', 'hosts', 'pages', 'plain', 'systems']
/** Runs a command when it is loaded. */
const PROGRAM = join('cli', 'program.ts')

const args = process.argv.slice(2)
let server: RunningServer | null = null

/** Signals end a process at once on Windows; as long as nothing is served they do so everywhere. */
const stop = () => {
  if (!process.emit('SIGTERM')) process.exit(143)
}
const say = (said: Said) => process.send?.(said)

/** Carries out what can go wrong by a mistake in the sources. */
async function attempt(work: () => Promise<void>, done: Said): Promise<void> {
  try {
    await work()
    say(done)
  } catch (error) {
    process.send?.({ broken: whereAndWhy(error, source) } satisfies Said, () => process.exit(1))
  }
}

async function loadAll(): Promise<void> {
  for (const room of ROOMS) {
    for (const file of readdirSync(join(source, room), { recursive: true, encoding: 'utf8' })) {
      const path = join(room, file)
      if (/\.ts$/.test(path) && !/\.d\.ts$/.test(path) && path !== PROGRAM) await import(pathToFileURL(join(source, path)).href)
    }
  }
}

async function begin(): Promise<void> {
  const [{ Command }, { addStart }, { fail }, { listenByParent }] = await Promise.all([import('commander'), import('../../src/cli/start.js'), import('../../src/cli/output.js'), import('./listen.js')])
  const program = new Command('understudy')
  addStart(program, { listen: listenByParent(), started: (running) => {
    server = running
    say('began')
  } })
  await program.parseAsync(args, { from: 'user' }).catch((error: unknown) => {
    fail(error)
    process.exit()
  })
}

process.on('message', (order: Order | Answer) => {
  if (order === 'rehearse') void attempt(async () => (await import('./rehearse.js')).rehearse(args.slice(1)), 'ready')
  else if (order === 'begin') void begin()
  else if (order === 'yield') void (server?.drain() ?? Promise.resolve()).then(stop)
  else if (order === 'stop') stop()
})
process.once('disconnect', stop)

await attempt(loadAll, 'loaded')
