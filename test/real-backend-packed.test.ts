/** A real backend whose answers are compressed so that a few bytes of them unpack to more than anybody waits for. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Box, createStub } from '../src/index.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()
const MIB = 1024 * 1024
/** Milliseconds for an answer. */
const TIME = 500

/** A sandbox of a stub beside a backend that answers with these bytes, and says that they are compressed so many times over. */
async function beside(system: 'live' | 'edu', type: string, times: number, bytes: Uint8Array): Promise<Box> {
  const backend = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': type, 'content-encoding': Array.from({ length: times }, () => 'gzip').join() }).end(bytes)
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    backend.closeAllConnections()
    return new Promise((resolve) => backend.close(resolve))
  })
  const stub = await createStub({ systems: [system], backends: { [system]: { url: `http://127.0.0.1:${String((backend.address() as AddressInfo).port)}`, timeout: TIME } } }) // it listens on TCP
  closing.push(() => stub.close())
  return stub.sandbox()
}

const repeated = (times: number, bytes: Uint8Array) => Buffer.concat(Array.from({ length: times }, () => bytes))

describe('what a few bytes unpack to', () => {
  test('and is nothing, over and over, ends with the time for the answer', async () => {
    // Within, after the head of a gzip, blocks of no bytes (RFC 1951, section 3.2.4): to undo them takes many times as long, and nothing comes.
    const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
    const blocks = Buffer.alloc(5 * MIB, Buffer.from([0, 0, 0, 0xff, 0xff]))
    const inner = Buffer.concat([gzipSync(head), repeated(100, gzipSync(blocks))])
    const box = await beside('live', 'application/json', 4, gzipSync(gzipSync(inner)))
    const answer = await box.fetch('/live/auth/code?mobile=13800003009')
    expect([answer.status, answer.headers.get('understudy-source-reason')]).toEqual([500, `timeout: no whole answer within ${String(TIME)} ms`])
  })

  test('and has no end, ends with it as well, for whoever it was streamed to', async () => {
    const box = await beside('edu', 'image/png', 2, gzipSync(repeated(2000, gzipSync(Buffer.alloc(MIB)))))
    const answer = await box.fetch('/edu/file/5f0000000000000000000001.png')
    expect([answer.status, answer.headers.get('understudy-source')]).toEqual([200, 'real'])
    await expect(answer.arrayBuffer()).rejects.toThrow('terminated')
    expect((await box.backends.drift()).drift).toMatchObject([{ operationId: 'eduDownload', kind: 'noAnswer', reason: 'timeout' }])
  })
})
