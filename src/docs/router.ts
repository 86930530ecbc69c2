/**
 * The reference pages, below `/docs`. Everybody may read them; for sandboxes and logins they are clients of the control plane, as any
 * other. What the pages are made of is loaded when the first one is asked for.
 */
import express, { type NextFunction, type Request, type Response, type Router } from 'express'
import { listOf, quote, Refusal, refusal } from '../control/refusal.js'
import { DEFAULT_SANDBOX } from '../core/pipeline/address.js'
import { parseQuery, type Query, searchOf } from '../core/pipeline/query.js'
import { writeReply } from '../hosts/node/send.js'
import { describeException } from '../core/failure.js'
import { answerProblem, problem } from '../core/problem.js'
import { jsonReply, type Reply } from '../core/reply.js'
import { isSandboxName, type Served } from '../core/sandbox.js'
import type { System } from '../core/system.js'

export interface DocsParts {
  /** The systems with their worlds, by id. */
  readonly served: ReadonlyMap<string, Served>
  /** Whether the control plane, of which the pages are a client, asks for a token; null where there is none. */
  readonly admin: { readonly needsToken: boolean } | null
  /** Told of exceptions in handlers. */
  readonly report: (problem: string) => void
}

/** Nothing may be loaded from elsewhere or called elsewhere. Pictures in answers are shown from memory (`blob:`). */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
const PAGE_HEADERS = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' }

/** @returns the middleware that answers everything below the place where it is mounted, which is `/docs` */
export function docsRouter(parts: DocsParts): Router {
  const systems = [...parts.served.values()].map(({ system }) => system)
  const router = express.Router()

  router.use((_request, response, next) => {
    response.setHeader('x-content-type-options', 'nosniff')
    next()
  })

  router.get('/', async (request, response) => {
    const { indexPage } = await import('./pages.js')
    page(await indexPage(systems), request, response)
  })

  router.get('/assets/:file', async (request, response) => {
    const { folderOf } = await import('./assets.js')
    const { file } = request.params
    const root = folderOf(file)
    if (root === null) throw refusal(404, 'no-such-page', `The reference pages have no file ${quote(file)}.`)
    response.sendFile(file, { root })
  })

  router.get('/:system', async (request, response) => {
    const { systemPage } = await import('./pages.js')
    page(systemPage(systems, systemOf(parts, request.params.system), sandboxOf(request), parts.admin), request, response)
  })

  router.get('/:system/openapi.json', async (request, response) => {
    const { displayDocument } = await import('./document.js')
    const system = systemOf(parts, request.params.system)
    const document = await displayDocument(system, { sandbox: sandboxOf(request), realm: queryOf(request).get('realm') || null })
    if (document === null) throw refusal(404, 'no-document', `The system ${system.id} came without an OpenAPI document.`)
    writeReply(response, jsonReply(200, document, { 'cache-control': 'no-store' }), request.method)
  })

  router.use((request) => {
    throw refusal(404, 'no-such-page', `There is no page ${quote(request.originalUrl)}. /docs lists those there are.`)
  })
  // Express tells an error handler by its four parameters.
  router.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    fail(error, parts, request, response)
  })
  return router
}

function page(html: string, request: Request, response: Response): void {
  const reply: Reply = { status: 200, headers: PAGE_HEADERS, body: html }
  writeReply(response, reply, request.method)
}

function systemOf({ served }: DocsParts, id: string): System {
  const found = served.get(id)
  if (found !== undefined) return found.system
  const known = [...served.keys()]
  throw refusal(404, 'no-such-system', `No system is called ${quote(id)}. This server plays ${listOf(known)}.`, { known })
}

function queryOf({ url }: Request): Query {
  return parseQuery(searchOf(url))
}

function sandboxOf(request: Request): string {
  const name = queryOf(request).get('sandbox') ?? DEFAULT_SANDBOX
  if (isSandboxName(name)) return name
  throw refusal(400, 'invalid-sandbox-name', `${quote(name)} is no sandbox name: letters, digits, ".", "_" and "-", 64 at the most, a letter or digit first.`)
}

function fail(error: unknown, { report }: DocsParts, request: Request, response: Response): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const reason = error instanceof Refusal ? error.problem : (clientFault(error) ?? unexpected(error, report))
  writeReply(response, answerProblem(reason), request.method)
}

/** What Express's own parts throw says in `status` whose fault it was. */
function clientFault(error: unknown) {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500
  return status >= 400 && status < 500 ? problem(status, status === 404 ? 'no-such-page' : 'invalid-request', 'The request could not be read.') : null
}

function unexpected(error: unknown, report: DocsParts['report']) {
  report(`the reference pages failed: ${describeException(error)}`)
  return problem(500, 'internal', 'The reference pages failed; the server wrote the reason to its log. This is a bug of the stub, not of the call.')
}
