/**
 * What carries the calls of a story to the stub, and what keeps its sandboxes. The stories and the conformance suite run several times, with
 * the same assertions: over HTTP, by a function that stands for `fetch`, with no port at all, and with each engine (the projects of
 * vitest.config.ts).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Stub } from '../../src/client/stub.js'
import type { Engine } from '../../src/core/engine/engine.js'
import { fileEngine } from '../../src/core/engine/file/engine.js'
import { memoryEngine } from '../../src/core/engine/memory/engine.js'
import { redisEngine } from '../../src/core/engine/redis/engine.js'
import { createStub, type StubOptions } from '../../src/stub.js'
import { OwnRedis } from './redis.js'

/** Whether calls travel over a wire. What only wires have (sockets, raw bytes, ports) is tested there. */
export const isWired = process.env['UNDERSTUDY_HOST'] !== 'fetch'

/** Origins that have no port, and what fetches from them. */
const unwired = new Map<string, typeof fetch>()
const overTheNetwork = globalThis.fetch

/** A place of its own for what one stub keeps. */
interface Place {
  readonly engine: Engine
  /** Clears it away, when the stub has let go of it. */
  readonly clear: () => Promise<void> | void
}

const places: Readonly<Record<string, () => Promise<Place> | Place>> = {
  memory: () => ({ engine: memoryEngine(), clear: () => undefined }),
  file: () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-kept-'))
    return {
      engine: fileEngine(folder),
      clear: () => {
        rmSync(folder, { recursive: true })
      },
    }
  },
  redis: async () => {
    const redis = await OwnRedis.start()
    return { engine: redisEngine(redis.url), clear: () => redis.close() }
  },
}

/** @returns a stub behind a port, or behind the `fetch` of this process */
export async function host(options: StubOptions): Promise<Stub> {
  const place = await places[process.env['UNDERSTUDY_TEST_ENGINE'] ?? 'memory']?.()
  if (place === undefined) throw new Error('UNDERSTUDY_TEST_ENGINE names no engine')
  const stub = await carried({ engine: place.engine, ...options })
  const close = stub.close.bind(stub)
  return Object.assign(stub, {
    close: async () => {
      await close()
      await place.clear()
    },
  })
}

async function carried(options: StubOptions): Promise<Stub> {
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
