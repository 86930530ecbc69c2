/** Handwritten OpenAPI documents made self-contained, by Redocly's bundler. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asObject, ContractError, parseJson, type JsonObject } from './json.js'

const PACKAGE = join(import.meta.dirname, '../..')
const require = createRequire(import.meta.url)
const REDOCLY = require.resolve('@redocly/cli/bin/cli.js')

/** An OpenAPI document is called by a system's id alone; `im.asyncapi.yaml` is something else. */
const DOCUMENT = /^([a-z][a-z0-9-]*)\.yaml$/
const NO_DOCUMENT = 'conditions.yaml'

/** The ids of all OpenAPI documents of a project folder, sorted: `live` for `openapi/live.yaml`. */
export function documentIds(root: string): string[] {
  const files = readdirSync(join(root, 'openapi')).filter((file) => file !== NO_DOCUMENT).sort()
  return files.flatMap((file) => DOCUMENT.exec(file)?.[1] ?? [])
}

/**
 * Runs Redocly with the rules of this package.
 * @param args command and its arguments; paths are relative to `root`.
 * @returns what it printed, and whether it succeeded.
 */
export function redocly(root: string, args: readonly string[]): { ok: boolean; output: string } {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1' }
  const command = [REDOCLY, ...args, '--config', join(PACKAGE, 'redocly.yaml')]
  try {
    const output = execFileSync(process.execPath, command, { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    return { ok: true, output }
  } catch (error) {
    if (!(error instanceof Error) || !('stderr' in error) || !('stdout' in error)) throw error
    const output = `${String(error.stderr)}${String(error.stdout)}`
    return { ok: false, output: output.replaceAll(/^\s*[╔║╚].*\n/gm, '').trim() } // without the banner about Node.js versions
  }
}

/**
 * Bundles a document of a project folder: references to other files become components, all else stays as written.
 * @throws ContractError with Redocly's words if it cannot be read or refers to what is not there.
 */
export function bundleDocument(root: string, id: string): JsonObject {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-'))
  try {
    const file = join(folder, `${id}.json`)
    const { ok, output } = redocly(root, ['bundle', `openapi/${id}.yaml`, '--output', file])
    if (!ok) throw new ContractError(output)
    return asObject(parseJson(readFileSync(file, 'utf8')), id)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
