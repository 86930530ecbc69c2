/** The registry of systems: every folder under `src/systems` that has an index. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The ids of the systems that have code, sorted. */
export function systemIds(root: string): string[] {
  const folder = join(root, 'src/systems')
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'index.ts'))).sort()
}

/** The text of `src/systems/systems.gen.ts`, without its heading. Each system is loaded when it is first asked for. */
export function registryModule(ids: readonly string[]): string {
  const rows = ids.map((id) => `  ${id}: () => import('./${id}/index.js').then((module) => module.${id}),\n`)
  return `export const systems = {\n${rows.join('')}} as const\n\nexport type SystemId = keyof typeof systems\n`
}
