/** Who comes and goes during a soak: sandboxes that are made, filled, put back and taken away, readers of their streams, phones on their sockets. */
import { get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { createClient } from './client.js'

const JSON_BODY = { 'content-type': 'application/json' }
/** So many guests are there at a time, each in a sandbox of its own. */
const AT_ONCE = 4
const UPLOAD = 256 * 1024
/** Real milliseconds that a reader stays. */
const STAY = 200

export interface Guests {
  /** No more come. */
  stop(): void
  /** How many calls were made, when the last has gone. */
  readonly gone: Promise<number>
}

/** Who has an own connection while he is there. */
export const createGuestClient = () => createClient(AT_ONCE)

let comers = 0

/** @param url of the server */
export function receiveGuests(url: string, client: ReturnType<typeof createGuestClient>): Guests {
  let isOver = false
  let calls = 0
  const call: typeof client = (path, options) => {
    calls++
    return client(`${url}${path}`, options)
  }
  const guest = async () => {
    while (!isOver) await visit(call, url, comers++)
  }
  return {
    stop: () => {
      isOver = true
    },
    gone: Promise.all(Array.from({ length: AT_ONCE }, guest)).then(() => calls),
  }
}

async function visit(call: ReturnType<typeof createClient>, url: string, turn: number): Promise<void> {
  const name = `guest-${String(turn)}`
  const admin = `/__admin/sandboxes/${name}`
  await call('/__admin/sandboxes', { method: 'POST', headers: JSON_BODY, body: JSON.stringify({ name }) })
  const readers = Promise.all([read(`${url}${admin}/requests/stream`, turn), read(`${url}${admin}/requests/lines/stream`, turn), converse(`${url.replace('http', 'ws')}/@${name}/im/android/websocket/`)])
  for (let i = 0; i < 4; i++) await call(`/@${name}/edu/upload`, upload(`${String(turn)}-${String(i)}`))
  for (let i = 0; i < 10; i++) await call(`/@${name}/live/auth/code?mobile=138000${String(10_000 + i)}`)
  const snapshot = await call(`${admin}/snapshot`)
  await call(`${admin}/reset`, { method: 'POST' })
  await call(`${admin}/snapshot`, { method: 'PUT', headers: JSON_BODY, body: snapshot })
  await call(`${admin}/requests?limit=5`)
  await call(`${admin}/faults`, { method: 'POST', headers: JSON_BODY, body: JSON.stringify({ system: 'live', fault: { kind: 'drop' }, times: 1 }) })
  await call(`${admin}/clock/advance`, { method: 'POST', headers: JSON_BODY, body: JSON.stringify({ by: '1d' }) })
  await readers
  await call(admin, { method: 'DELETE' })
  // Somebody who looks in leaves a sandbox behind, which makes room when others need it.
  await call(`/@passer-by-${String(turn)}/job/api/job/list?pageSize=1`)
}

/** Each file has a content of its own: the same one again is kept once. */
function upload(mark: string): { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  return {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body: `--x\r\nContent-Disposition: form-data; name="upload"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n${mark.padEnd(UPLOAD, '.')}\r\n--x--\r\n`,
  }
}

/** Reads a stream for a while; every third reader does not even read. */
async function read(url: string, turn: number): Promise<void> {
  const request = get(url, { agent: false }, (response) => (turn % 3 === 0 ? response.pause() : response.resume()))
  request.on('error', () => undefined)
  await pause(STAY)
  request.destroy()
}

/** A phone without a login, which says something and is gone. */
async function converse(url: string): Promise<void> {
  const socket = new WebSocket(url)
  socket.on('open', () => {
    socket.send('{"status":0,"pushId":"","message":"start"}')
  })
  socket.on('error', () => undefined)
  await pause(STAY)
  socket.terminate()
}
