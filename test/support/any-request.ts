/** Requests that no client would send: an operation's examples with fields changed, dropped and added. */
import fc from 'fast-check'
import type { OperationRow } from '../../src/core/contract.js'
import { buildRequest, type Examples, type WireRequest } from './requests.js'

const nasty = ['', '0', '-1', 'null', '1e309', '13800001001', '__proto__', 'constructor', '../../etc/passwd', '%', '😀', 'a'.repeat(300)]
const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom(...nasty))
const anyValue = fc.oneof({ weight: 3, arbitrary: anyText }, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 2 }))

/** Clients take such a segment out of the path before they send it, which is then one of another operation. */
const DOTS = /\/\.{1,2}(?:[/?]|$)/

/** @returns any request to the operation, one half of them with the given credential */
export function anyRequestTo(operation: string, row: OperationRow, examples: Examples | undefined, credential: Readonly<Record<string, string>>): fc.Arbitrary<WireRequest> {
  const { parameters, bodies } = examples ?? { parameters: {}, bodies: [] }
  const names = [...new Set([...Object.keys(row.fields), ...row.headers])]
  const parts = fc.record({
    base: fc.constantFrom(...(bodies.length === 0 ? [{}] : bodies)),
    changed: names.length === 0 ? fc.constant({}) : fc.dictionary(fc.constantFrom(...names), anyValue, { maxKeys: 3, noNullPrototype: true }),
    dropped: fc.subarray(names, { maxLength: Math.min(2, names.length) }),
    extra: fc.dictionary(fc.string(), anyValue, { maxKeys: 2, noNullPrototype: true }),
    known: fc.boolean(),
    raw: fc.option(fc.string(), { freq: 8, nil: null }),
  })
  return parts.map(({ base, changed, dropped, extra, known, raw }) => {
    const values = Object.entries({ ...parameters, ...base, ...changed }).filter(([name]) => !dropped.includes(name) || row.fields[name]?.in === 'path')
    const request = buildRequest(operation, row, Object.fromEntries(values), known ? credential : {})
    const body = row.body === 'application/json' && request.body !== null ? JSON.stringify({ ...(JSON.parse(request.body) as object), ...extra }) : request.body
    return { ...request, headers: legal(request.headers), body: request.body === null ? null : (raw ?? body) }
  }).filter(({ path }) => !DOTS.test(path))
}

/** HTTP clients refuse to send header values with other characters. */
function legal(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace(/[^\x20-\x7e]/g, '')]))
}
