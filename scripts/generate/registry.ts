/** The registry of systems: every folder under `src/systems` that has an index. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SystemSource } from './load.js'

/** The ids of the systems that have code, sorted. */
export function systemIds(root: string): string[] {
  const folder = join(root, 'src/systems')
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'index.ts'))).sort()
}

/** The text of `src/generated/systems.ts`, without its heading. Each system is loaded when it is first asked for. */
export function registryModule(ids: readonly string[]): string {
  const rows = ids.map((id) => `  ${id}: () => import('../systems/${id}/index.js').then((module) => module.${id}),\n`)
  return `export const systems = {\n${rows.join('')}} as const\n\nexport type SystemId = keyof typeof systems\n`
}

/** The text of `src/generated/contracts.ts`, without its heading: the types of the systems' contracts by id. */
export function contractsModule(ids: readonly string[], sources: readonly SystemSource[]): string {
  const rows = ids.map((id) => {
    const names = sources.find(({ system }) => system.id === id)?.sockets ?? []
    const sockets = names.length === 0 ? 'never' : names.map((name) => `'${name}'`).join(' | ')
    return `  ${id}: { paths: ${id}.paths; records: ${id}.Records; sockets: ${sockets} }\n`
  })
  return `${ids.map((id) => `import type * as ${id} from './${id}/contract.js'\n`).join('')}
/** Of each system by its id: paths, as openapi-fetch takes them, records by collection, and the names of its WebSockets. */
export interface Contracts {
${rows.join('')}}
`
}
