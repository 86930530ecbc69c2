import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { noRedis } from './test/support/redis.js'

/** What systems do over HTTP, told by calls alone: it must be the same whatever carries the calls. Pushed messages and all that belongs to a wire are not among these. */
const stories = ['conformance', 'live', 'trid', 'edu*', 'job*', 'im', 'im-codes', 'phases', 'contract/clients', 'contract/edu-client*'].map((name) => `test/${name}.test.ts`)

/** Races and floods are about one engine, and have their counterparts for the others (several-processes, engine-*). */
const heavy = ['test/job-scale.test.ts', 'test/job-races.test.ts']

/** @returns the same stories with sandboxes kept elsewhere than in memory */
const keptBy = (engine: string) => ({ extends: true as const, test: { name: engine, include: stories, exclude: heavy, env: { UNDERSTUDY_TEST_ENGINE: engine } } })
if (noRedis !== null) console.warn(`The stories are not told with Redis: ${noRedis}`)

export default defineConfig({
  test: {
    globalSetup: 'test/support/build.ts',
    // Servers, the generator and fuzzing share two cores on a small machine; a hang is told from a slow test only after a while.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // Vitest leaves one core to itself, and would use one of two; most tests wait for processes and sockets more than they work.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      { extends: true, test: { name: 'node', include: ['test/**/*.test.ts'] } },
      { extends: true, test: { name: 'fetch', include: stories, exclude: heavy, env: { UNDERSTUDY_HOST: 'fetch' } } },
      keptBy('file'),
      ...(noRedis === null ? [keptBy('redis')] : []),
    ],
  },
})
