/** Answers to bodies that are too large, or that nobody wants, arrive; and the connection is good for the next call. */
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { kindOf, serveControl } from './support/control.js'
import { send } from './support/serve.js'

const { server, admin } = await serveControl(['edu', 'live'])
const MIB = 1024 * 1024

function upload(bytes: number): FormData {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'large.png')
  return form
}

/** A call over one kept connection, written piece by piece. */
function post(agent: Agent, path: string, bytes: number, headers: Readonly<Record<string, string>> = {}): Promise<{ status: number; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } }, (response) => {
      response.resume().once('end', () => {
        resolve({ status: response.statusCode ?? 0, connection: response.headers.connection })
      })
    })
    sent.once('error', reject)
    const piece = Buffer.alloc(64 * 1024, ' ')
    const more = (left: number) => {
      if (left <= 0) sent.end()
      else sent.write(piece.subarray(0, Math.min(left, piece.length)), () => {
        more(left - piece.length)
      })
    }
    more(bytes)
  })
}

describe('a body that is too large', () => {
  test('is answered every time, and so is the call after it', async () => {
    for (let i = 0; i < 200; i++) {
      const answer = await send(`${server.url}/edu/upload`, { method: 'POST', body: upload(6 * MIB) })
      expect(answer.json, answer.text).toMatchObject({ code: expect.any(Number) as unknown })
      expect((await admin('GET', '/health')).status).toBe(200)
    }
    for (let i = 0; i < 2; i++) {
      expect(kindOf(await admin('PUT', '/sandboxes/large/snapshot', ' '.repeat(100 * MIB)))).toBe('body-too-large')
      expect((await admin('GET', '/health')).status).toBe(200)
    }
  }, 120_000)

  test('leaves its connection to the next call, unless so much is left that nobody reads it', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let i = 0; i < 10; i++) {
      expect(await post(agent, '/__admin/sandboxes/large/faults', 2 * MIB)).toEqual({ status: 413, connection: 'keep-alive' })
      expect((await post(agent, '/__admin/sandboxes/large/reset', 0)).status).toBe(204)
    }
    expect(await post(agent, '/__admin/sandboxes/large/faults', 40 * MIB, { 'content-length': String(40 * MIB) })).toEqual({ status: 413, connection: 'close' })
    expect((await post(agent, '/__admin/sandboxes/large/reset', 0)).status).toBe(204)
    agent.destroy()
  })
})

describe('a body that nobody wants', () => {
  test('is answered, and the connection is good for the next call', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (const [path, status] of [['/live/nothing', 404], ['/live/channels', 405], ['/nothing', 404], ['/__admin/nothing', 404], ['/__admin/health', 405]] as const) {
      const answer = await post(agent, path, 3 * MIB)
      expect([path, answer.connection]).toEqual([path, 'keep-alive'])
      if (path.startsWith('/__admin')) expect(answer.status).toBe(status)
      expect((await post(agent, '/__admin/sandboxes/large/reset', 0)).status).toBe(204)
    }
    agent.destroy()
  })

  test('and that is larger than anybody reads ends the connection, after its answer', async () => {
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
    socket.write(`POST /live/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${String(1024 * MIB)}\r\n\r\n`)
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    const ended = once(socket, 'end')
    const piece = Buffer.alloc(1024 * 1024)
    socket.on('error', () => undefined)
    const closed = once(socket, 'close')
    socket.write(piece)
    await ended
    expect(text).toContain('Connection: close')
    // The other side is still read, for a while.
    socket.write(piece)
    socket.destroy()
    await closed
  })
})
