/** Frames of HTTP/2 as bytes, for backends that say what no HTTP server would. */

/** Types of frames (RFC 9113, section 6; RFC 7838; RFC 8336). */
export const [DATA, HEADERS, PRIORITY, RESET, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION, ALTSVC, ORIGIN] = [0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xc]
/** Their flags. */
export const [END_STREAM, ACK, END_HEADERS, PADDED] = [0x1, 0x1, 0x4, 0x8]

/** @param length what its head says of the payload's, where that is not so */
export function frame(type: number, flags: number, stream: number, payload: string | Uint8Array = '', length = Buffer.byteLength(payload)): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, Buffer.from(payload)])
}

/** @returns a block of headers without compression (RFC 7541, section 6.2.2), names and values as they are given */
export function fields(headers: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(headers.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]))
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1')
  const length = bytes.length < 127 ? [bytes.length] : [127]
  for (let rest = bytes.length - 127; rest >= 0; rest = rest < 128 ? -1 : rest >> 7) length.push(rest < 128 ? rest : (rest & 0x7f) | 0x80)
  return Buffer.concat([Buffer.from(length), bytes])
}
