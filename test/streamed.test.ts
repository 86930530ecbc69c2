/** An answer that goes on for as long as somebody listens takes up no more memory the longer it lasts. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { whole } from '../src/core/stage/outcome.js'
import { send } from '../src/hosts/node/send.js'

const MIB = 1024 * 1024
const PIECES = 64

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void // what the flag puts there

test('nothing is kept of what was sent', async () => {
  let reached: () => void = () => undefined
  const isSent = new Promise<void>((resolve) => (reached = resolve))
  const leave = new AbortController()
  async function* pieces() {
    for (let i = 0; i < PIECES; i++) yield String.fromCharCode(97 + (i % 26)).repeat(MIB - 1) + Buffer.from('\n').toString()
    reached()
    await new Promise((resolve) => { leave.signal.addEventListener('abort', resolve) })
  }
  const server = createServer((_request, response) => {
    void send(whole({ status: 200, headers: {}, body: pieces() }), { method: 'GET', signal: leave.signal }, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  gc()
  const before = process.memoryUsage().heapUsed
  const { body } = await fetch(`http://127.0.0.1:${String(port)}/`)
  const read = (async () => { for await (const _ of body ?? []); })()
  await isSent
  gc()
  expect(process.memoryUsage().heapUsed - before).toBeLessThan((PIECES / 4) * MIB)
  leave.abort()
  await read
  server.close()
})
