/** Whether a stub of these sources can serve: it does, for nobody and with a folder of its own, while the one before goes on. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { addSettingFlags, resolveSettings } from '../../src/cli/config/settings.js'
import { withoutEngine } from '../../src/cli/start.js'
import { ContinuedEngine } from '../../src/core/engine/continued.js'
import { fileEngine } from '../../src/core/engine/file/engine.js'
import { startServer } from '../../src/server.js'

/**
 * @param args those of `understudy start`
 * @throws what keeps it from serving
 */
export async function rehearse(args: readonly string[]): Promise<void> {
  const command = addSettingFlags(new Command()).argument('[system...]').option('-w, --watch').option('--sources <folder>').option('--json').parse(args, { from: 'user' })
  const { settings } = await resolveSettings(command.args, command)
  const folder = await mkdtemp(join(tmpdir(), 'understudy-rehearsal-'))
  try {
    const problems: string[] = []
    const engine = new ContinuedEngine(fileEngine(folder))
    const server = await startServer({ ...withoutEngine(settings), engine, port: 0, host: '127.0.0.1', https: false, report: (problem) => problems.push(problem) })
    try {
      for (const path of ['__admin/health', ...settings.systems.map(({ id }) => id)]) await (await fetch(`${server.url}/${path}`)).arrayBuffer()
    } finally {
      await server.close()
    }
    const [problem] = problems
    if (problem !== undefined) throw new Error(problem)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
