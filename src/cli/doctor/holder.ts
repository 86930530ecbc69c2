/** Who listens on a port. */
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** Real milliseconds that a stub has to say that it is one. */
const PATIENCE = 1000
const LISTENS = '0A'
/** So much of a command line is shown. */
const MOST_SHOWN = 80

/** @returns who listens on the port, for people: a stub, or the process where the system tells; null where nothing can be said */
export async function holderOf(port: number): Promise<string | null> {
  const found = [await stubAt(port), await processAt(port)].filter((one) => one !== null)
  return found.length === 0 ? null : found.join(', ')
}

async function stubAt(port: number): Promise<string | null> {
  try {
    const answer: unknown = await (await fetch(`http://127.0.0.1:${String(port)}/__admin/health`, { signal: AbortSignal.timeout(PATIENCE) })).json()
    return typeof answer === 'object' && answer !== null && 'seed' in answer && 'systems' in answer ? 'another stub' : null
  } catch {
    return null
  }
}

/** Linux says it in files; other systems have commands for it, which differ. */
async function processAt(port: number): Promise<string | null> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')))
  const inodes = new Set(tables.flatMap((text) => text.split('\n').slice(1)).map((line) => line.trim().split(/\s+/)).filter(([, local = '', , state]) => local.endsWith(wanted) && state === LISTENS).map((fields) => `socket:[${fields[9] ?? ''}]`))
  if (inodes.size === 0) return null
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    const files = await readdir(join('/proc', pid, 'fd')).catch(() => [])
    for (const file of files) {
      const target = await readlink(join('/proc', pid, 'fd', file)).catch(() => '')
      if (!inodes.has(target)) continue
      const command = (await readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => '')).replaceAll('\0', ' ').trim()
      return `process ${pid} (${command.slice(0, MOST_SHOWN)})`
    }
  }
  return null
}
