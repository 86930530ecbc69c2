// The limit of the runtime: the same texts straight on node:http.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const [port, file] = process.argv.slice(2)
const answers = new Map(JSON.parse(readFileSync(file, 'utf8')).map(({ method, path, status, type, body }) => [`${method} ${path}`, { status, headers: { 'content-type': type, 'content-length': Buffer.byteLength(body) }, body }]))

createServer((request, response) => {
  const { status, headers, body } = answers.get(`${request.method} ${request.url}`) ?? { status: 404, headers: {}, body: '' }
  const send = () => response.writeHead(status, headers).end(body)
  if (request.method === 'GET') send()
  else request.resume().on('end', send)
}).listen(Number(port), '127.0.0.1')
