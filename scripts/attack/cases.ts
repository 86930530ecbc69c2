/** Calls to real backends that mean harm, drawn by chance: what is called, how it is asked, and what the backend does with it. */
import fc from 'fast-check'
import { modes } from '../../src/core/backends/setting.js'
import type { Call } from './send.js'
import type { Drawn } from './wholes.js'

/** Each way of asking has a sandbox of its own. */
export const ASKING = modes.filter((mode) => mode !== 'stub')
export const SYSTEMS = ['live', 'edu', 'im']
export const JSON_BODY = { 'content-type': 'application/json' }
/** Real milliseconds that an answer may take, as the sandboxes are told. */
export const TIMEOUT = 1000
const LOGIN = { mobile: '13800003001', auth_code: '123456' }

/** What is called, and what the contract has for it. */
export const calls: Readonly<Record<string, { readonly call: Call; readonly right: string; readonly streams?: true }>> = {
  code: { call: { method: 'GET', path: '/live/auth/code?mobile=13800003001&' }, right: '{"code":2000,"desc":"ok"}' },
  login: { call: { method: 'POST', path: '/live/auth/login?', headers: JSON_BODY, body: JSON.stringify(LOGIN) }, right: '{"code":2000,"desc":"ok","api_key":"feedfacefeedfacefeedfacefeed0001","mobile":"13800003001"}' },
  'a long body': { call: { method: 'POST', path: '/live/auth/login?', headers: JSON_BODY, body: JSON.stringify({ ...LOGIN, more: 'x'.repeat(500_000) }) }, right: '{"code":4011,"desc":"invalid auth code"}' },
  channels: { call: { method: 'GET', path: '/live/channels/live?' }, right: '{"code":2000,"desc":"ok","count":0,"channels":[]}' },
  contacts: { call: { method: 'GET', path: '/im/android/user_contacts/?' }, right: '{"status":1,"result":[],"message":"ok","date":"2026-01-05T12:00:00"}' },
  file: { call: { method: 'GET', path: '/edu/file/default.png?' }, right: 'png', streams: true },
}

/** Bodies that have no end, or are over what the stub takes. */
export const WITHOUT_END: readonly string[] = ['chunks without end', 'a body without end', 'a body over the bound', 'a gzip bomb', 'a deflate bomb', 'a brotli bomb', 'a bomb in a bomb', 'a bomb that is silent', 'compressed six times over', 'frames of a body without end', 'beyond the window without end']

export interface Case extends Drawn {
  readonly kind: string
  readonly mode: string
  readonly name: string
}

/** What is answered where the turn is nobody's. */
export const NOBODYS: Case = { turn: -1, json: '', status: 200, part: 0, kind: 'right', mode: 'real', name: 'code' }

/** @returns one call for each kind of answer at the least, in an order of its own */
export function drawCases(kinds: readonly string[], count: number, seed: number): readonly Case[] {
  const nearly = fc.record({ code: fc.oneof(fc.constantFrom(2000, 4000, 4010, '2000', 1e300), fc.jsonValue({ maxDepth: 1 })), desc: fc.jsonValue({ maxDepth: 1 }), user: fc.jsonValue(), channels: fc.array(fc.jsonValue()), result: fc.jsonValue(), api_key: fc.jsonValue({ maxDepth: 1 }) }, { requiredKeys: [] })
  const drawn = fc.record({
    mode: fc.constantFrom(...ASKING),
    name: fc.constantFrom(...Object.keys(calls)),
    json: fc.oneof(nearly.map((value) => JSON.stringify(value)), fc.json(), fc.string()),
    status: fc.constantFrom(200, 201, 204, 206, 299, 304, 400, 401, 404, 418, 500, 502, 503, 599),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  return fc.sample(drawn, { numRuns: Math.max(count, kinds.length), seed }).map((one, turn) => ({ ...one, turn, kind: kinds[turn % kinds.length] ?? '' }))
}

/** @returns the body that the contract has for what it calls */
export const rightFor = ({ name }: Case): string => calls[name]?.right ?? ''
