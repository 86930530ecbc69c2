// The built package over a world of a given size, with one more path that says how many bytes are in use after a collection.
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [port, size, root] = process.argv.slice(2)
const { loadSystems, startServer } = await import(pathToFileURL(join(root, 'dist', 'index.js')).href)
const server = await startServer({ systems: await loadSystems(['job', 'live']), scale: Number(size), maxSandboxes: 20_000 })

createServer((request, response) => {
  if (request.url !== '/__heap') return server.app(request, response)
  globalThis.gc()
  response.end(String(process.memoryUsage().heapUsed))
}).listen(Number(port), '127.0.0.1')
