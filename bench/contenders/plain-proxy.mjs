// The limit of forwarding: undici's own stream of one answer into another, with no look at either.
import { createServer } from 'node:http'
import { Agent } from 'undici'

const [port, origin] = [Number(process.argv[2]), process.argv[3]]
const agent = new Agent({ connections: 128 })

createServer((request, response) => {
  const { host, connection, ...headers } = request.headers
  agent.stream({ origin, path: request.url, method: request.method, headers, body: request.method === 'GET' ? null : request, opaque: response }, ({ statusCode, headers: back, opaque }) => {
    delete back.connection
    delete back['keep-alive']
    return opaque.writeHead(statusCode, back)
  }).catch(() => response.destroy())
}).listen(port, '127.0.0.1')
