/**
 * The start page of a sandbox, `/@<sandbox>/`: what a phone opens first. It tells nothing that is worth hiding, so everybody may read it: addresses,
 * base URLs, and the certificate of the local authority (never its key).
 */
import { rawReply } from '../../core/pipeline/raw.js'
import { jsonReply, type Reply } from '../../core/reply.js'
import { isSandboxName } from '../../core/sandbox.js'
import type { Asked, Call } from '../../core/stage/call.js'
import { type Surface, whole } from '../../core/stage/outcome.js'
import { quote, refusal } from '../../core/surface/refusal.js'
import { surface } from '../../core/surface/surface.js'
import { pathOf } from '../../plain/url.js'
import type { StartParts } from './parts.js'

/** What stands before the path of everything that the page loads and looks for. */
const PREFIX = '/__start'
/** A WebSocket that says that it is there, and ends. */
export const SOCKET_PATH = `${PREFIX}/socket`

/** @returns whether the call is for the start page: a browser that opens a sandbox, or what its page asks for */
export function isForStart({ method, url, headers }: Asked): boolean {
  const path = pathOf(url)
  if (path.startsWith(`${PREFIX}/`)) return true
  // An app's request for the sandbox itself is a mistake, which the stage tells it.
  return /^\/@[^/]*\/?$/.test(path) && (method === 'GET' || method === 'HEAD') && headers.accept?.includes('text/html') === true
}

/** @returns the surface */
export function startSurface(parts: StartParts): Surface {
  return surface({ name: 'the start page', headers: { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }, report: parts.report, answer: async (call) => whole(await answer(parts, call)) })
}

const ASSETS: Readonly<Record<string, string>> = { 'start.js': 'text/javascript; charset=utf-8', 'start.css': 'text/css; charset=utf-8' }

/** The page is loaded when somebody looks at it. */
const loadPage = () => import('./page.js')

async function answer(parts: StartParts, call: Call): Promise<Reply> {
  const path = pathOf(call.url)
  if (call.method !== 'GET' && call.method !== 'HEAD') throw refusal(405, 'method-not-allowed', `${path} answers GET.`, {}, { allow: 'GET, HEAD' })
  // Asked from the page under the other scheme, to find out whether this one can be reached and is trusted.
  if (path === `${PREFIX}/ping`) return jsonReply(200, { understudy: true }, { 'access-control-allow-origin': '*', 'cache-control': 'no-store' })
  const { authority } = parts.reach()
  if (path === `${PREFIX}/ca.crt` && authority !== null) return { status: 200, headers: { 'content-type': 'application/x-x509-ca-cert', 'content-disposition': 'attachment; filename="understudy-ca.crt"', 'cache-control': 'no-store' }, body: authority }
  const name = path.slice(PREFIX.length + 1)
  const mediaType = path.startsWith(`${PREFIX}/`) && Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined
  if (mediaType !== undefined) {
    const reply = rawReply(call.headers, { mediaType, bytes: await (await loadPage()).readStartAsset(name) }, 200)
    return { ...reply, headers: { ...reply.headers, 'cache-control': 'no-cache' } }
  }
  if (path.startsWith(`${PREFIX}/`)) throw refusal(404, 'no-such-page', `There is no page ${quote(path)}.`)
  const sandbox = path.slice(2).replace(/\/$/, '')
  if (!isSandboxName(sandbox)) throw refusal(400, 'invalid-sandbox-name', `${quote(sandbox)} is no sandbox name: letters, digits, ".", "_" and "-", 64 at the most, a letter or digit first.`)
  return (await loadPage()).startPage(parts, call, sandbox)
}
