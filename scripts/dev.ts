/**
 * `npm run dev`: a stub from the sources. Fixtures, scenarios and the configuration are taken over while it runs; a changed source restarts it, and
 * what sandboxes keep is in `.understudy`. A changed document in openapi/ has what follows from it generated first.
 * Arguments are those of `understudy start`.
 */
import { spawn } from 'node:child_process'
import { join, relative } from 'node:path'
import { watchFiles } from '../src/cli/watch/files.js'

const root = join(import.meta.dirname, '..')
const tsx = join(root, 'node_modules/tsx/dist/cli.mjs')

const stub = spawn(process.execPath, [tsx, 'watch', '--clear-screen=false', 'src/cli.ts', 'start', '--watch', '--data', '.understudy', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
stub.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143)
  documents.close()
})
// Ctrl+C in a terminal reaches the stub without our help.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => signal === 'SIGINT' && process.stdin.isTTY ? undefined : stub.kill(signal))

const documents = watchFiles(async (files) => {
  const written = files.filter((file) => /\.ya?ml$/.test(file)).map((file) => relative(root, file))
  if (written.length === 0) return
  console.log(`generating, for ${written.join(', ')} changed`)
  await new Promise<void>((resolve) => {
    spawn(process.execPath, [tsx, 'scripts/generate.ts'], { cwd: root, stdio: 'inherit' }).once('exit', () => { resolve() })
  })
})
await documents.look([join(root, 'openapi')])
