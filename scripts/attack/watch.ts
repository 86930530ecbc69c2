/** Asks the control plane again and again while something else goes on, from a process of its own: one that pours a flood has no time to look at a clock. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import type { Target } from './target.js'

/** Real milliseconds between two looks. */
const LOOK_AGAIN = 250

const WATCHER = `
const { readFileSync } = require('node:fs')
const [url, pid, pause, ...paths] = process.argv.slice(1)
let begun = null, slowest = 0
const now = () => {
  const wall = performance.now()
  try {
    const [, , , , , , , , , , , user, system] = readFileSync('/proc/' + pid + '/task/' + pid + '/stat', 'utf8').split(') ')[1].split(' ')
    return { wall, work: (Number(user) + Number(system)) * 10 }
  } catch {
    return { wall, work: wall }
  }
}
const took = () => {
  const end = now()
  if (begun !== null) slowest = Math.max(slowest, Math.min(end.wall - begun.wall, end.work - begun.work))
}
const look = async () => {
  for (const path of paths) {
    begun = now()
    await fetch(url + path).then((answer) => answer.text(), () => undefined)
    took()
    begun = null
  }
  setTimeout(look, Number(pause))
}
process.once('SIGTERM', () => { took(); process.stdout.write(String(slowest), () => process.exit(0)) })
void look()
`

/** What is asked where nothing else is said. */
const USUAL = ['/__admin/health', '/__admin/sandboxes/default/requests?limit=1']

/** @returns what ends it, and says how many milliseconds its main thread worked at the most before it answered: what others do on the same machine does not count */
export function watchControl({ url, pid }: Pick<Target, 'url' | 'pid'>, paths = USUAL): { stop(): Promise<number> } {
  const child = spawn(process.execPath, ['-e', WATCHER, url, String(pid), String(LOOK_AGAIN), ...paths], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said = text(child.stdout)
  return {
    stop: async () => {
      child.kill('SIGTERM')
      return Number(await said)
    },
  }
}
