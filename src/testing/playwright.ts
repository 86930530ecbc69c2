/** Fixtures for Playwright. Its types are met by shape, so that it need not be installed. */
import type { Box } from '../client/box.js'
import type { Stub } from '../client/stub.js'
import { type FixtureOptions, gather, openStub } from './stage.js'

type Use<T> = (value: T) => Promise<void>

/** The part of Playwright's `TestInfo` that is used. */
export interface PlaywrightTestInfo {
  readonly status?: string | undefined
  readonly expectedStatus: string
  attach(name: string, options: { body: string; contentType: string }): Promise<void>
}

export interface PlaywrightFixtures {
  /** One for each worker. */
  stub: [(fixtures: object, use: Use<Stub>) => Promise<void>, { scope: 'worker' }]
  /** A fresh sandbox for each test; its snapshot and the calls that it got are attached to a test that fails. */
  box: (fixtures: { stub: Stub }, use: Use<Box>, info: PlaywrightTestInfo) => Promise<void>
}

/**
 * @example
 * import { expect as baseExpect, test as base } from '@playwright/test'
 * import { type Box, matchers, playwrightFixtures, type Stub } from 'understudy/testing'
 *
 * export const test = base.extend<{ box: Box }, { stub: Stub }>(playwrightFixtures({ systems: ['live'] }))
 * export const expect = baseExpect.extend(matchers)
 */
export function playwrightFixtures(options: FixtureOptions = {}): PlaywrightFixtures {
  return {
    stub: [
      // Playwright reads from the pattern which fixtures a function needs.
      async ({}, use) => {
        await using stub = await openStub(options)
        await use(stub)
      },
      { scope: 'worker' },
    ],
    box: async ({ stub }, use, info) => {
      await using box = await stub.sandbox()
      await use(box)
      if (info.status !== info.expectedStatus) {
        for (const { name, body } of await gather(box)) await info.attach(name, { body, contentType: 'application/json' })
      }
    },
  }
}
