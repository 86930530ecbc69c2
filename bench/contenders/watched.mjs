// Loaded before a server that runs as it is shipped: a socket beside it tells what it holds, from within. `--import watched.mjs?socket=<path>`.
import { createServer } from 'node:http'

createServer((_request, response) => {
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  response.end(JSON.stringify({ bytes: heapUsed + external, handles: process.getActiveResourcesInfo() }))
})
  .listen(new URL(import.meta.url).searchParams.get('socket'))
  .unref()
