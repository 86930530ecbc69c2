// The built package over a world of a given size, with a socket beside it that says how many bytes are in use after a collection.
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [port, size, root, socket] = process.argv.slice(2)
const { loadSystems, startServer } = await import(pathToFileURL(join(root, 'dist', 'index.js')).href)

createServer((_request, response) => {
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  response.end(String(heapUsed + external))
}).listen(socket)
await startServer({ systems: await loadSystems(['job', 'live']), port: Number(port), scale: Number(size), maxSandboxes: 20_000 })
