// The limit of forwarding: undici's own stream of one answer into another, with no look at either; with `whole`, each answer is had whole before it goes on.
import { createServer } from 'node:http'
import { Agent } from 'undici'

const [port, origin, isWhole] = [Number(process.argv[2]), process.argv[3], process.argv[4] === 'whole']
const agent = new Agent({ connections: 128 })
const answer = isWhole ? takeWhole : passOn

createServer((request, response) => {
  const { host, connection, ...headers } = request.headers
  answer({ origin, path: request.url, method: request.method, headers, body: request.method === 'GET' ? null : request }, response).catch(() => response.destroy())
}).listen(port, '127.0.0.1')

function passOn(options, response) {
  return agent.stream({ ...options, opaque: response }, ({ statusCode, headers, opaque }) => opaque.writeHead(statusCode, between(headers)))
}

async function takeWhole(options, response) {
  const { statusCode, headers, body } = await agent.request(options)
  const bytes = Buffer.from(await body.arrayBuffer())
  response.writeHead(statusCode, between(headers)).end(bytes)
}

function between({ connection, 'keep-alive': _, ...headers }) {
  return headers
}
