/** The tests that a planted bug is held against: those that run in one process, for in another one nothing is planted. */
import { defineConfig } from 'vitest/config'

const given = (process.env['UNDERSTUDY_MUTATE_TESTS'] ?? '').split(',').filter((path) => path !== '')

export default defineConfig({
  test: {
    include: given.length > 0 ? given : ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/{cli*,several-processes,kept,sixth-system,rebuild,balancer,prism-*,*browser*,console*,roof,package,watch,phones,completion,old-node,exit-codes,scale-figures}.test.ts'],
    testTimeout: 60_000,
    // A run for each bug has a worker of its own, in which each module is loaded once; the servers of one test file do not know those of another.
    isolate: false,
  },
})
