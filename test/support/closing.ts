/** What a test opens is closed behind it. */
import { afterEach } from 'vitest'

/** @returns the list for what has to be closed: each test's, the last that was put in first */
export function closedAfterEach(): (() => Promise<unknown>)[] {
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })
  return closing
}
