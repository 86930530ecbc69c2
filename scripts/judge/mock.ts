/** Prism's mock of one system, which also knows the HTTP status of each failure that is asked for by name. */
import { readFileSync } from 'node:fs'
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asObject, parseJson } from '../generate/json.js'
import { readErrors } from '../generate/system.js'
import { bundledDocument, type Prism, startPrism } from './prism.js'

/**
 * Starts the mock. Prism looks for a named example among the answers with the status of success only; a failure that travels
 * with another is found by its first status in the error table. `Prefer: code=…` beside the name says which one of several.
 * @param port port to listen on; 0 takes a free one
 * @param log gets what Prism says
 * @throws Error if the document cannot be read, the port is taken, or Prism does not start
 */
export async function startMock(id: string, port = 0, log?: (text: string) => void): Promise<Prism> {
  const document = bundledDocument(id)
  const errors = readErrors(asObject(parseJson(readFileSync(document, 'utf8')), document))
  const statuses = new Map(errors.map(({ name, status }) => [name, status[0] ?? 200]))
  const prism = await startPrism(document, { command: 'mock' }, 0, log)
  const server = createServer((request, response) => {
    const { prefer, ...headers } = request.headers
    const wanted = typeof prefer === 'string' ? withStatus(prefer, statuses) : undefined
    forward(prism.url, request, { ...headers, ...(wanted === undefined ? {} : { prefer: wanted }) }, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  }).catch(async (error: unknown) => {
    await prism.close()
    throw error
  })
  const address = server.address() as AddressInfo // a TCP server that listens has one
  return {
    url: `http://127.0.0.1:${String(address.port)}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await prism.close()
    },
  }
}

function withStatus(prefer: string, statuses: ReadonlyMap<string, number>): string {
  const [, name = ''] = /\bexample\s*=\s*"?([\w-]+)/.exec(prefer) ?? []
  const status = statuses.get(name)
  return status === undefined || /\bcode\s*=/.test(prefer) ? prefer : `code=${String(status)}, ${prefer}`
}

function forward(to: string, request: IncomingMessage, headers: IncomingMessage['headers'], response: ServerResponse): void {
  const onward = ask(new URL(to), { method: request.method, path: request.url, headers }, (answer) => {
    const { statusCode = 502, headers: { 'server-status': status, ...others } } = answer
    // Prism sends every header that an answer may have; under a success this one would say that the server is down.
    response.writeHead(statusCode, statusCode === 503 && status !== undefined ? answer.headers : others)
    answer.pipe(response)
  })
  onward.on('error', (error) => response.writeHead(502).end(error.message))
  request.pipe(onward)
}
