/** Reads off a request which sandbox and which system it is for. */
import type { IncomingMessage } from 'node:http'
import { isSandboxName } from '../sandbox.js'
import type { System } from '../system.js'
import type { Address } from './exchange.js'

export const SANDBOX_HEADER = 'understudy-sandbox'
export const DEFAULT_SANDBOX = 'default'

/** Why a request cannot be brought to a system. */
export type Misaddressed = { readonly problem: 'sandboxName'; readonly name: string } | { readonly problem: 'noSystem'; readonly name: string }

/**
 * `/@<sandbox>/<system>/<path>`; without `@…` the header `Understudy-Sandbox` names the sandbox. A system that is served alone
 * answers without its name in front as well.
 * @param systems the systems served, by id
 * @returns where the request goes, or why that cannot be told
 */
export function readAddress(request: IncomingMessage, systems: ReadonlyMap<string, System>): Address | Misaddressed {
  const [whole, search] = splitOnce(request.url ?? '/', '?')
  let path = whole
  let sandbox = request.headers[SANDBOX_HEADER] ?? DEFAULT_SANDBOX
  if (path.startsWith('/@')) {
    const [name, rest] = splitOnce(path.slice(2), '/')
    sandbox = name
    path = `/${rest}`
  }
  if (typeof sandbox !== 'string' || !isSandboxName(sandbox)) return { problem: 'sandboxName', name: String(sandbox) }
  const [id, below] = splitOnce(path.slice(1), '/')
  const named = systems.get(id)
  if (named !== undefined) return { sandbox, system: named, path: `/${below}`, search }
  const [only] = systems.values()
  if (only !== undefined && systems.size === 1) return { sandbox, system: only, path, search }
  return { problem: 'noSystem', name: id }
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
