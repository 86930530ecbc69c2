/**
 * What carries the calls of a story to the stub. The stories and the conformance suite run twice, with the same assertions: over HTTP, and
 * by a function that stands for `fetch`, with no port at all (the project `fetch` of vitest.config.ts).
 */
import type { Stub } from '../../src/client/stub.js'
import { createStub, type StubOptions } from '../../src/stub.js'

/** Whether calls travel over a wire. What only wires have (sockets, raw bytes, ports) is tested there. */
export const isWired = process.env['UNDERSTUDY_HOST'] !== 'fetch'

/** Origins that have no port, and what fetches from them. */
const unwired = new Map<string, typeof fetch>()
const overTheNetwork = globalThis.fetch

/** @returns a stub behind a port, or behind the `fetch` of this process */
export async function host(options: StubOptions): Promise<Stub> {
  if (isWired) return createStub(options)
  const url = `http://stage-${String(unwired.size + 1)}.localhost`
  const stub = await createStub({ ...options, listen: false, mountedAt: url })
  unwired.set(url, stub.fetch)
  globalThis.fetch = reach
  return stub
}

const reach: typeof fetch = (input, init) => {
  const { origin } = new URL(input instanceof Request ? input.url : input)
  return (unwired.get(origin) ?? overTheNetwork)(input, init)
}
