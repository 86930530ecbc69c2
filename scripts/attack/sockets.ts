/** Frames of all sorts on the push socket: packets that fit, nearly fit and do not, sockets that come and go, and more of them than fit. */
import fc from 'fast-check'
import { WebSocket } from 'ws'
import type { Send } from './send.js'
import { Tally } from './tally.js'

const PHONES = ['13800004001', '13800004002', '13800004003']
const FRAMES_EACH = 50

const nearMessage = fc.record(
  {
    chatId: fc.string(),
    fromId: fc.constantFrom('u-4001', 'u-4002', 'u-4003', '', 'nobody'),
    toId: fc.constantFrom('u-4001', 'u-4002', 'u-4003', 'g-1', 'nobody'),
    type: fc.oneof(fc.constantFrom('0', '1', '7', '8'), fc.integer()),
    info: fc.oneof(fc.array(fc.record({ category: fc.constantFrom('0', '3', '9'), content: fc.string() })), fc.jsonValue({ maxDepth: 2 })),
    createTime: fc.string(),
  },
  { requiredKeys: [] },
)
const anyFrame = fc.oneof(
  fc.record({ status: fc.constantFrom(0, 1, 2), pushId: fc.constantFrom('', 'p-4001', 'p-4002', 'x'), message: fc.oneof(fc.constantFrom('start', 'restart', 'ok', ''), fc.array(nearMessage, { maxLength: 3 }), nearMessage, fc.jsonValue({ maxDepth: 3 })) }).map((frame) => JSON.stringify(frame)),
  fc.string(),
  fc.uint8Array({ maxLength: 200 }),
  fc.constantFrom('[', '{"status":1', `${'['.repeat(5000)}${']'.repeat(5000)}`, '{"__proto__":{"status":1}}'),
)

/** @returns what came of `count` frames */
export async function attackSockets(send: Send, url: string, count: number, seed: number): Promise<Tally> {
  const tally = new Tally('any frame on the push socket')
  const base = `${url.replace('http', 'ws')}/@sockets/im/android/websocket/`
  const cookies = await Promise.all(PHONES.map((phone) => logIn(send, phone)))
  for (let round = 0; round * FRAMES_EACH < count; round++) {
    const frames = fc.sample(anyFrame, { numRuns: FRAMES_EACH, seed: seed + round })
    const cookie = cookies[round % (PHONES.length + 1)] // every fourth connection has none
    const problem = await converse(base, cookie, frames)
    tally.expect(problem === null, `seed ${String(seed + round)}`, problem ?? '')
    tally.counts.tried += frames.length - 1
    tally.counts.served += frames.length - 1
  }
  const log = await send({ method: 'GET', path: '/__admin/sandboxes/sockets/requests?violations=true&limit=1' })
  if (log.kind === 'answer' && /"violations":\s*\["/.test(log.text)) tally.fail('off', 'journal of the sandbox', log.text)
  return tally
}

/** @returns null, or what went wrong: a frame that is no answer of the contract, or a connection that hangs */
function converse(url: string, cookie: string | undefined, frames: readonly (string | Uint8Array)[]): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, cookie === undefined ? {} : { headers: { cookie } })
    let problem: string | null = null
    const timer = setTimeout(() => {
      problem = 'the connection hung'
      socket.terminate()
    }, 10_000)
    socket.on('open', () => {
      for (const frame of frames) socket.send(frame)
      socket.close(1000)
    })
    socket.on('message', (data: Buffer) => {
      const text = data.toString()
      try {
        const frame: unknown = JSON.parse(text)
        if (typeof frame !== 'object' || frame === null || !('status' in frame && 'pushId' in frame && 'message' in frame)) problem ??= `no frame of the contract: ${text}`
        else if (frame.message === 'network error') problem ??= `an internal error: ${text}`
      } catch {
        problem ??= `no JSON: ${text}`
      }
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(problem)
    })
  })
}

async function logIn(send: Send, phone: string): Promise<string> {
  const answer = await send({ method: 'POST', path: '/@sockets/im/android/login/', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ phone, password: 'abc12345' }) })
  const cookies = answer.kind === 'answer' ? (answer.headers['set-cookie'] ?? []) : []
  return cookies[0]?.split(';', 1)[0] ?? ''
}
