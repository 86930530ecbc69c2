/** Beside `npm run dev`: has the project in memory and generates what follows from an edit, until the process that started it ends. */
import { join } from 'node:path'
import { whereAndWhy } from '../../src/plain/where.js'
import { filesOf } from './imports.js'
import type { Generated, MadeOf } from './words.js'

const root = join(import.meta.dirname, '../..')
const say = (said: Generated | MadeOf) => process.send?.(said)

let waiting = 0
const kept = (async () => {
  say({ sources: [...filesOf(import.meta.filename), join(root, 'openapi/redocly-plugin.js')] })
  const { KeptProject } = await import('../generate/kept.js')
  const project = new KeptProject(root)
  await project.warm(() => waiting > 0)
  return project
})()

let turn: Promise<unknown> = kept.catch(broken)
process.on('message', (edited: readonly string[]) => {
  waiting++
  turn = turn.then(async () => say(await (await kept).renew(edited))).catch(broken)
})
process.once('disconnect', () => process.exit())

/** What is wrong is in the sources of the generator; another process begins with what they are then. */
function broken(error: unknown): void {
  process.send?.({ broken: whereAndWhy(error, root) } satisfies Generated, () => process.exit(1))
}
