/** A stub for tests: behind real HTTP on a free port, or behind a function, a fresh sandbox for each story, and no answer that breaks the contract goes unnoticed. */
import { afterAll, expect } from 'vitest'
import type { System } from '../../src/core/system.js'
import type { StubOptions } from '../../src/stub.js'
import { type Answer, type Box, boxOf, type Call, send } from './box.js'
import { host } from './host.js'
import { appointJudge } from './judge.js'

export type { Answer, Box, Call }
export { boxOf, send }

/** Serves one system until the test file ends. */
export async function serve(system: System, options: Omit<StubOptions, 'systems'> = {}) {
  const problems: string[] = []
  const stub = await host({ systems: [system], report: (problem) => problems.push(problem), ...options })
  const judge = await appointJudge(system, stub)
  let boxes = 0
  afterAll(async () => {
    await judge?.close()
    await stub.close()
    expect(problems).toEqual([])
  })

  /** @returns a sandbox that nobody has used, its clock standing still */
  async function box(): Promise<Box> {
    const fresh = boxOf(stub, `box-${String(++boxes)}`, `/${system.id}`)
    await fresh.clock.freeze()
    return judge === null ? fresh : Object.assign(fresh, { call: (path: string, call?: Call) => judge.call(fresh, path, call) })
  }

  return { box, stub, problems }
}
