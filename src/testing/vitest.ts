/** `understudy/testing/vitest`: `test` with a sandbox of its own for each test, and `expect` with `toFailWith`. */
import { expect, test as base } from 'vitest'
import type { Box } from '../client/box.js'
import type { Stub } from '../client/stub.js'
import { type FixtureOptions, gather, keep, openStub } from './stage.js'
import { type ExpectedFailure, type FailWithOptions, matchers } from './to-fail-with.js'

declare module 'vitest' {
  // The type parameter has to be named as Vitest names it.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface Matchers<T> {
    /** Passes when the answer is this failure of the system that gave it: `await expect(answer).toFailWith('API_UNAUTHORIZED')`. */
    toFailWith(expected: ExpectedFailure, options?: FailWithOptions): Promise<void>
  }
}

expect.extend(matchers)

export interface VitestOptions extends FixtureOptions {
  /** Folder for what failed tests leave behind; `test-results/understudy` when left out. */
  readonly results?: string
}

/**
 * @returns Vitest's `test` with the fixtures `stub`, one for each worker, and `box`, a fresh sandbox for each test.
 *   When a test fails, the snapshot of its sandbox and the calls that it got are written to files.
 */
export function stubTest({ results = 'test-results/understudy', ...options }: VitestOptions = {}) {
  return base.extend<{ $worker: { stub: Stub }; $test: { box: Box } }>({
    stub: [
      // Vitest reads from the pattern which fixtures a function needs.
      async ({}, use) => {
        await using stub = await openStub(options)
        await use(stub)
      },
      { scope: 'worker' },
    ],
    box: async ({ stub, task }, use) => {
      await using box = await stub.sandbox()
      await use(box)
      if (task.result?.state === 'fail') console.error(`understudy: the sandbox of this test is kept in ${await keep(await gather(box), results, task.fullTestName)}`)
    },
  })
}

/** {@link stubTest} with all systems. */
export const test = stubTest()
export { expect }
