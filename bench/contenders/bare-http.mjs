// The limit of the runtime: the same answers straight on node:http.
import { createServer } from 'node:http'

const port = Number(process.argv[2])
const codes = new Map()
const keys = new Map()
const list = JSON.stringify({ code: 2000, desc: 'ok', count: 0, channels: [] })

const reply = (response, body) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
const keyOf = (request) => Buffer.from(request.headers.authorization ?? '', 'base64').toString()

createServer((request, response) => {
  const { url } = request
  if (url.startsWith('/auth/code')) {
    codes.set(url.slice(url.indexOf('=') + 1), '123456')
    return reply(response, '{"code":2000,"desc":"ok"}')
  }
  if (url.startsWith('/channels/live')) return reply(response, keys.has(keyOf(request)) ? list : '{"code":4010,"desc":"unauthorized"}')
  if (url === '/auth/logout') return reply(response, keys.delete(keyOf(request)) ? '{"code":2000,"desc":"ok"}' : '{"code":4010,"desc":"unauthorized"}')
  let text = ''
  request.on('data', (chunk) => (text += chunk))
  request.on('end', () => {
    const { mobile, auth_code } = JSON.parse(text)
    if (codes.get(mobile) !== auth_code) return reply(response, '{"code":4011,"desc":"invalid auth code"}')
    codes.delete(mobile)
    const key = Math.random().toString(16).slice(2).padEnd(16, '0').repeat(2)
    keys.set(key, mobile)
    reply(response, JSON.stringify({ code: 2000, desc: 'ok', api_key: key, mobile }))
  })
}).listen(port, '127.0.0.1')
