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

/** The rules of this package, and what it teaches Redocly. */
export const REDOCLY_RULES = join(PACKAGE, 'redocly.yaml')

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
  const command = [REDOCLY, ...args, '--config', REDOCLY_RULES]
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
 * Bundles documents of a project folder: references to other files become components, all else stays as written.
 * @returns by id, how to get the document: it throws ContractError with Redocly's words if it cannot be read or refers to what is not there
 */
export function bundleDocuments(root: string, ids: readonly string[]): Map<string, () => JsonObject> {
  if (ids.length === 0) return new Map()
  try {
    return bundle(root, ids)
  } catch (error) {
    if (ids.length < 2 || !(error instanceof ContractError)) return new Map(ids.map((id) => [id, () => { throw error }]))
    // One run serves all, and starting is what costs; where it fails, each document has to answer for itself.
    return new Map(ids.flatMap((id) => [...bundleDocuments(root, [id])]))
  }
}

function bundle(root: string, ids: readonly string[]): Map<string, () => JsonObject> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-'))
  const [first = '', ...others] = ids
  try {
    // Of several it wants to know the folder, of one the file.
    const { ok, output } = redocly(root, ['bundle', ...ids.map((id) => `openapi/${id}.yaml`), '--ext', 'json', '--output', others.length > 0 ? folder : join(folder, `${first}.json`)])
    if (!ok) throw new ContractError(output)
    return new Map(ids.map((id) => {
      const document = asObject(parseJson(readFileSync(join(folder, `${id}.json`), 'utf8')), id)
      return [id, () => document]
    }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
