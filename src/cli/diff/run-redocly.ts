/** Redocly's program: it is large, and only the comparison needs it. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const VERSION = '2.77.0'

/** Lends a temporary folder to some work. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-diff-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/**
 * Runs Redocly.
 * @returns what it printed
 * @throws Error that says how to install it if it is not there, or what it complains about
 */
export function redocly(cwd: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1' }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [findRedocly(), ...args], { cwd, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`redocly ${args.slice(0, 2).join(' ')}: ${stderr.replaceAll(/^(?:\s*[╔║╚]|bundling |📦).*\n/gmu, '').trim()}`)) // without the banner about Node.js versions, and what went well
    })
  })
}

/** Beside this package, or in the project of whoever calls. */
function findRedocly(): string {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      const file = join(dirname(createRequire(from).resolve('@redocly/cli/package.json')), 'bin/cli.js')
      if (existsSync(file)) return file
    } catch {
      // not from there
    }
  }
  throw new Error(`understudy diff needs Redocly: npm install --save-dev @redocly/cli@${VERSION}`)
}
