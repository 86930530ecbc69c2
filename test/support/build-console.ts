/** The console is always a thing that was built, in tests as well. */
import { buildConsole } from '../../scripts/console/build.js'

/** Run by Vitest once before all tests. */
export async function setup(): Promise<void> {
  await buildConsole('dist/console')
}
