/**
 * A stub from the sources, started by `npm run dev`: everything is loaded, and only then, when it is told so, does it open a port and the folder
 * of the sandboxes. So the one before goes on where a source cannot be loaded, and is gone for no longer than it takes to begin.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { whereAndWhy } from '../../src/plain/where.js'

const source = join(import.meta.dirname, '../../src')
/** What a running stub is made of, and what is loaded in browsers. */
const ROOMS = ['cli', 'client', 'control', 'core', 'docs', 'hosts', 'pages', 'plain', 'systems']
/** Runs a command when it is loaded. */
const PROGRAM = join('cli', 'program.ts')

/** What the parent says. */
export type Order = 'begin' | 'stop'

process.on('message', (order: Order) => {
  // Signals end a process at once on Windows.
  if (order === 'stop') process.emit('SIGTERM')
  else void import('../../src/cli.js')
})
process.once('disconnect', () => process.emit('SIGTERM'))

try {
  for (const room of ROOMS) {
    for (const file of readdirSync(join(source, room), { recursive: true, encoding: 'utf8' })) {
      const path = join(room, file)
      if (/\.ts$/.test(path) && !/\.d\.ts$/.test(path) && path !== PROGRAM) await import(pathToFileURL(join(source, path)).href)
    }
  }
  process.send?.('loaded')
} catch (error) {
  process.stderr.write(`${whereAndWhy(error, source)}\n`)
  process.exit(1)
}
