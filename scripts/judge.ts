/**
 * `npm run judge [-- filter…]`: runs the stories of all systems with `prism proxy --errors` before the stub, and says what came of it.
 * Exit 1 if a story failed, which is also how Prism's objections show, or if an exemption was not needed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dissents } from '../test/support/judge-exemptions.js'
import { documentIds } from './generate/document.js'
import { readVerdicts } from './judge/verdict.js'

const systems = documentIds('.').filter((id) => id !== 'control')
const filter = process.argv.slice(2)
// Tests of scale and of races are no stories, Prism would be what they measure; and it does not speak WebSocket.
const isStory = new RegExp(`^(?:${systems.join('|')})(?:-(?!races|scale|crowd|sockets)[\\w-]+)?\\.test\\.ts$`)
const stories = readdirSync('test').filter((file) => isStory.test(file)).map((file) => `test/${file}`)

const folder = mkdtempSync(join(tmpdir(), 'understudy-judge-'))
const file = join(folder, 'verdicts')
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project=node', '--reporter=dot', ...(filter.length > 0 ? filter : stories)], {
  stdio: 'inherit',
  env: { ...process.env, UNDERSTUDY_JUDGE: file },
})
const verdicts = existsSync(file) ? readVerdicts(readFileSync(file, 'utf8')) : []
rmSync(folder, { recursive: true })

for (const { system, judged, refused, bypassed, dissents: needed } of verdicts) {
  console.log(`${system}: ${String(judged)} calls judged by Prism, ${String(refused)} of them broken requests, ${String(bypassed)} not judged`)
  for (const reason of needed) console.log(`    exempt: ${reason}`)
}
// Of some stories only it cannot be said what none needs.
const needed = new Set(verdicts.flatMap((verdict) => verdict.dissents))
const stale = filter.length > 0 ? [] : dissents.filter(({ reason }) => !needed.has(reason))
for (const { system, reason } of stale) console.error(`an exemption that no story needs (${system}): ${reason}`)
process.exitCode = status === 0 && stale.length === 0 && verdicts.length > 0 ? 0 : 1
