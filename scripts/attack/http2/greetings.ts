/** What becomes of a connection before a call is heard on it. */
import { deflateRawSync } from 'node:zlib'
import { ACK, frame, GOAWAY, PING, SETTINGS } from '../../../test/support/http2-frames.js'
import { pour } from '../answers.js'
import type { Greeting } from './server.js'

const said = (...texts: readonly (string | Uint8Array)[]): Greeting => ({
  said: (socket) => {
    for (const text of texts) socket.write(text)
  },
})
/** A first record of TLS that says how long it is, and is not. */
const RECORD = Buffer.from([0x16, 0x03, 0x03, 0x40, 0x00, 0x02, 0x00, 0x3f, 0xfc])

export const greetings: Readonly<Record<string, Greeting>> = {
  'a TLS handshake that never ends': { raw: () => undefined },
  'a TLS handshake of which half comes': { raw: (socket) => void socket.write(RECORD) },
  'TLS drop by drop': {
    raw: (socket) => {
      const drops = [...RECORD]
      const timer = setInterval(() => {
        if (socket.destroyed) clearInterval(timer)
        else socket.write(Buffer.from([drops.shift() ?? 0]))
      }, 20)
    },
  },
  'garbage in the place of TLS': { raw: (socket) => void socket.write(deflateRawSync('garbage')) },
  'garbage without end in the place of TLS': { raw: (socket) => { pour(socket, '', '\u0015\u0003\u0003\u0000\u0001') } },
  'HTTP in the place of TLS': { raw: (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n') },
  'the end in the place of TLS': { raw: (socket) => void socket.end() },
  'a reset in the place of TLS': { raw: (socket) => void socket.resetAndDestroy() },
  'no word of HTTP/2': said(),
  'an answer of HTTP/1 where HTTP/2 was agreed on': said('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'),
  'an answer of HTTP/1 without end': { said: (socket) => { pour(socket, 'HTTP/1.1 200 OK\r\n\r\n', '{}') } },
  'garbage in the place of HTTP/2': said(Buffer.alloc(100_000, 'garbage')),
  'the end in the place of HTTP/2': { said: (socket) => void socket.end() },
  'the connection cut in the place of HTTP/2': { said: (socket) => void socket.destroy() },
  'a ping before the settings': { goesOn: true, ...said(frame(PING, 0, 0, Buffer.alloc(8))) },
  'settings that are taken before they come': { goesOn: true, ...said(frame(SETTINGS, ACK, 0)) },
  'settings and nothing else': said(frame(SETTINGS, 0, 0)),
  'settings that leave no room for a call': said(frame(SETTINGS, 0, 0, Buffer.from([0, 3, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0]))),
  'a goodbye at once': said(frame(SETTINGS, 0, 0), frame(GOAWAY, 0, 0, Buffer.alloc(8))),
  'a goodbye at once, with an error': said(frame(SETTINGS, 0, 0), frame(GOAWAY, 0, 0, Buffer.from([0, 0, 0, 0, 0, 0, 0, 11]))),
  'half a frame of settings': said(frame(SETTINGS, 0, 0, '', 600)),
  'HTTP/2 where HTTP/1 was agreed on': { alpn: 'http/1.1', goesOn: true, ...said() },
  'HTTP/2 where nothing was agreed on': { alpn: 'none', goesOn: true, ...said() },
}

/** A stub tries for a connection for so long that nothing comes back while the attack goes on; and what speaks no HTTP/2 is known for it. */
export const LASTING: readonly string[] = ['a TLS handshake that never ends', 'a TLS handshake of which half comes', 'TLS drop by drop', 'HTTP/2 where HTTP/1 was agreed on', 'HTTP/2 where nothing was agreed on']
