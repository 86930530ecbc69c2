import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/build-console.ts',
    // Servers, the generator and fuzzing share two cores on a small machine; a hang is told from a slow test only after a while.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
