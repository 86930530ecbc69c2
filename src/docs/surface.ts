/**
 * The reference pages, below `/docs`: a surface of the stage. Everybody may read them; for sandboxes and logins they are clients of the
 * control plane, as any other. What the pages are made of is loaded when the first one is asked for.
 */
import { DEFAULT_SANDBOX } from '../core/pipeline/address.js'
import { decode, parseQuery, type Query } from '../core/pipeline/query.js'
import { searchOf } from '../plain/url.js'
import { rawReply } from '../core/pipeline/raw.js'
import { compileRouter } from '../core/pipeline/router.js'
import { jsonReply, type Reply } from '../core/reply.js'
import { isSandboxName, type Served } from '../core/sandbox.js'
import type { Call } from '../core/stage/call.js'
import { type Surface, whole } from '../core/stage/outcome.js'
import { listOf, quote, refusal } from '../core/surface/refusal.js'
import { findPlace, pathBelow, surface } from '../core/surface/surface.js'
import type { System } from '../core/system.js'
import type { PageView } from './frame.js'
import { isLanguage, languageOf, textHeader } from './language.js'

export interface DocsParts {
  /** The systems with their worlds, by id. */
  readonly served: ReadonlyMap<string, Served>
  /** Whether the control plane, of which the pages are a client, asks for a token; null where there is none. */
  readonly admin: { readonly needsToken: boolean } | null
  /** Told of exceptions in handlers. */
  readonly report: (problem: string) => void
}

/** What stands before the path of every page. */
export const DOCS_PREFIX = '/docs'

/** Nothing may be loaded from elsewhere or called elsewhere. Pictures in answers are shown from memory (`blob:`). */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
const PAGE_HEADERS = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', vary: 'accept-language' }

type Page = 'index' | 'asset' | 'system' | 'document'

const at = (path: string) => ({ method: 'GET' as const, path, routing: {}, select: null })
const places: Readonly<Record<Page, ReturnType<typeof at>>> = { index: at('/'), asset: at('/assets/{name}'), system: at('/{name}'), document: at('/{name}/openapi.json') }
const route = compileRouter({ operations: places })

/** @returns the surface that answers everything below {@link DOCS_PREFIX} */
export function docsSurface(parts: DocsParts): Surface {
  const { report } = parts
  const answer = async (call: Call) => whole(await show(parts, call))
  return surface({ name: 'the reference pages', headers: { 'x-content-type-options': 'nosniff' }, report, answer })
}

async function show(parts: DocsParts, call: Call): Promise<Reply> {
  const path = pathBelow(DOCS_PREFIX, call)
  if (decode(path) === null) throw refusal(400, 'invalid-request', 'The path could not be read: it is not percent-encoded UTF-8.')
  const missing = refusal(404, 'no-such-page', `There is no page ${quote(call.url)}. ${DOCS_PREFIX} lists those there are.`)
  const { operation, parameters: { name = '' } } = findPlace(route, path, call, missing)
  return pages[operation as Page](parts, call, name) // the table that it was found in has these
}

/** The pages are loaded when somebody looks at them. */
const [loadPages, loadAssets, loadDocument] = [() => import('./pages.js'), () => import('./assets.js'), () => import('./document.js')]

/** Loads what is needed to answer. */
export async function loadDocs(): Promise<void> {
  await Promise.all([loadPages(), loadAssets(), loadDocument()])
}

/** @param name the parameter of the path */
type Show = (parts: DocsParts, call: Call, name: string) => Promise<Reply>

const pages: Readonly<Record<Page, Show>> = {
  index: async (parts, call) => {
    const { indexPage } = await loadPages()
    return { status: 200, headers: PAGE_HEADERS, body: await indexPage(viewOf(parts, call)) }
  },

  asset: async (_parts, { headers }, name) => {
    const { readAsset } = await loadAssets()
    const asset = await readAsset(name)
    if (asset === null) throw refusal(404, 'no-such-page', `The reference pages have no file ${quote(name)}.`)
    const reply = rawReply(headers, asset, 200)
    return { ...reply, headers: { ...reply.headers, 'cache-control': 'no-cache' } }
  },

  system: async (parts, call, name) => {
    const { systemPage } = await loadPages()
    return { status: 200, headers: PAGE_HEADERS, body: systemPage(systemOf(parts, name), viewOf(parts, call)) }
  },

  document: async (parts, call, name) => {
    const { displayDocument } = await loadDocument()
    const system = systemOf(parts, name)
    const { sandbox, language, admin } = viewOf(parts, call)
    const document = await displayDocument(system, { sandbox, language, hasConsole: admin !== null, realm: queryOf(call).get('realm') || null })
    if (document === null) throw refusal(404, 'no-document', `The system ${system.id} came without an OpenAPI document.`)
    return jsonReply(200, document, { 'cache-control': 'no-store', vary: 'accept-language' })
  },
}

function viewOf({ served, admin }: DocsParts, call: Call): PageView {
  const asked = queryOf(call).get('lang')
  const language = languageOf(asked, textHeader(call.headers['accept-language']))
  return { systems: [...served.values()].map(({ system }) => system), sandbox: sandboxOf(call), language, keepsLanguage: isLanguage(asked), admin }
}

function systemOf({ served }: DocsParts, id: string): System {
  const found = served.get(id)
  if (found !== undefined) return found.system
  const known = [...served.keys()]
  throw refusal(404, 'no-such-system', `No system is called ${quote(id)}. This server plays ${listOf(known)}.`, { known })
}

function queryOf({ url }: Call): Query {
  return parseQuery(searchOf(url))
}

function sandboxOf(call: Call): string {
  const name = queryOf(call).get('sandbox') ?? DEFAULT_SANDBOX
  if (isSandboxName(name)) return name
  throw refusal(400, 'invalid-sandbox-name', `${quote(name)} is no sandbox name: letters, digits, ".", "_" and "-", 64 at the most, a letter or digit first.`)
}
