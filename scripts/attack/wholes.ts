/** Answers in one piece of a backend that means harm, whichever HTTP carries them. */
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib'

/** What was drawn for one call. */
export interface Drawn {
  readonly turn: number
  /** A body: nearly of the contract, or nothing like it. */
  readonly json: string
  readonly status: number
  /** From 0 to 1: where an answer ends too early, which of several bad lines is taken. */
  readonly part: number
}

export interface Whole {
  readonly body: string | Uint8Array
  /** 200 where nothing is said. */
  readonly status?: number
  /** JSON where nothing is said. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
}

const MIB = 1024 * 1024
export const TYPE = ['Content-Type', 'application/json'] as const

/** @returns the one of them that was drawn */
export const one = (texts: readonly string[], { part }: Drawn): string => texts[Math.min(texts.length - 1, Math.floor(part * texts.length))] ?? ''

const packed = (encoding: string, body: Uint8Array) => (): Whole => ({ body, headers: [TYPE, ['Content-Encoding', encoding]] })
const zeros = Buffer.alloc(64 * MIB, 'a')
const gzipped = gzipSync(zeros)
const blocks = gzipSync(Buffer.alloc(5 * MIB, Buffer.from([0, 0, 0, 0xff, 0xff])))
/** Gzip of blocks without a byte in them: to undo them takes long, and nothing comes of it. */
const quiet = Buffer.concat([gzipSync(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])), ...Array.from({ length: 1000 }, () => blocks)])
const PAGE = '<!doctype html><html><script>fetch("/__admin/sandboxes/default/reset", { method: "POST" })</script><img src="/__admin/health"></html>'
const KEYS = `{"code":2000,"desc":"ok",${Array.from({ length: 700_000 }, (_, i) => `"${i.toString(36)}":1`).join(',')}}`

/** By their kinds; `right` is the body that the contract has for the call. */
export const wholes: Readonly<Record<string, (drawn: Drawn, right: string) => Whole>> = {
  right: (_drawn, right) => ({ body: right }),
  'against the contract': ({ json, status }) => ({ body: json, status }),
  'a fine body under any status': ({ status }, right) => ({ body: right, status }),
  'a body over the bound': () => ({ body: `{"code":2000,"desc":"${'x'.repeat(9 * MIB)}"}` }),
  'a body below the bound': () => ({ body: `{"code":2000,"desc":"ok","more":[${'{"a":1},'.repeat(MIB / 2)}{}]}` }),
  'a gzip bomb': packed('gzip', gzipped),
  'a deflate bomb': packed('deflate', deflateSync(zeros)),
  'a brotli bomb': packed('br', brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })),
  'a bomb in a bomb': packed('gzip, gzip', gzipSync(Buffer.concat(Array.from({ length: 100 }, () => gzipped)))),
  'a bomb that is silent': packed('gzip, gzip, gzip', gzipSync(quiet)),
  'compressed six times over': packed('gzip, gzip, gzip, gzip, gzip, gzip', gzipped),
  'gzip that is none': packed('gzip', Buffer.alloc(1000, 'no gzip')),
  'gzip that breaks off': ({ part }, right) => packed('gzip', gzipSync(right).subarray(0, 1 + Math.floor(part * 30)))(),
  'thousands of headers': (_drawn, right) => ({ body: right, headers: [TYPE, ...Array.from({ length: 3000 }, (_, i) => [`X${String(i)}`, '1'] as const)] }),
  'hundreds of cookies': (_drawn, right) => ({ body: right, headers: [TYPE, ...Array.from({ length: 400 }, (_, i) => ['Set-Cookie', `c${String(i)}=1; Path=/; Domain=x`] as const)] }),
  'a huge header': ({ part }, right) => ({ body: right, headers: [TYPE, ['X', 'y'.repeat(Math.floor(part * MIB))]] }),
  'names of what objects have': (_drawn, right) => ({ body: right, headers: [TYPE, ...['__proto__', 'constructor', 'toString', '__proto__', 'hasOwnProperty'].map((name) => [name, 'x'] as const)] }),
  'no UTF-8': (_drawn, right) => ({ body: Buffer.concat([Buffer.from(right.slice(0, -1)), Buffer.from([0x2c, 0x22, 0xc3, 0x28, 0xff, 0x22])]) }),
  'nested too deep': ({ part }) => ({ body: `{"code":2000,"desc":${part < 0.5 ? '['.repeat(100_000) + ']'.repeat(100_000) : `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`}}` }),
  '700,000 keys': () => ({ body: KEYS }),
  'keys that objects have': () => ({ body: '{"__proto__":{"code":2000,"polluted":1},"constructor":{"prototype":{"polluted":1}},"code":2000,"desc":"ok","user":{"__proto__":null}}' }),
  'a page': ({ status }) => ({ body: PAGE, status, headers: [['Content-Type', 'text/html'], ['Clear-Site-Data', '"*"'], ['Service-Worker-Allowed', '/']] }),
  'a page that says it is JSON': () => ({ body: PAGE }),
  nothing: ({ status }) => ({ body: '', status, headers: [] }),
  'a redirect': (drawn) => ({ body: '', status: one(['301', '307'], drawn) === '301' ? 301 : 307, headers: [['Location', one(['/auth/code', 'http://127.0.0.1:1/', '//other.example/', 'javascript:alert(1)', '', 'http://[', `/${'x'.repeat(5000)}`], drawn)]] }),
}
