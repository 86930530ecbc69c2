/** The tests that a planted bug is held against: those that run in one process, for in another one nothing is planted. */
import { statSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const given = (process.env['UNDERSTUDY_MUTATE_TESTS'] ?? '').split(',').filter((path) => path !== '')

/** Short files first: a bug that many tests touch is noticed by one of them as well as by another, and then no more are run. */
class ShortestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const size = ({ moduleId }: TestSpecification) => statSync(moduleId).size
    return Promise.resolve([...files].sort((a, b) => size(a) - size(b)))
  }
}

export default defineConfig({
  test: {
    include: given.length > 0 ? given : ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/{cli*,several-processes,kept,sixth-system,new-fault-kind,rebuild,balancer,prism-*,*browser*,console*,roof,package,watch,phones,completion,old-node,exit-codes,scale-figures}.test.ts'],
    testTimeout: 60_000,
    // A run for each bug has a worker of its own, in which each module is loaded once; the servers of one test file do not know those of another.
    isolate: false,
    sequence: { sequencer: ShortestFirst },
  },
})
