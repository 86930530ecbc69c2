/** `understudy/testing`: what a test imports. It needs no test runner; `understudy/testing/vitest` is made for Vitest. */
export { Box } from '../client/box.js'
export { ControlError } from '../client/control.js'
export { connect, Stub } from '../client/stub.js'
export { createStub } from '../stub.js'
export { playwrightFixtures } from './playwright.js'
export type { FixtureOptions } from './stage.js'
export { matchers, toFailWith } from './to-fail-with.js'
