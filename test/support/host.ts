/**
 * What carries the calls of a story to the stage. The stories and the conformance suite run twice, with the same assertions: over HTTP, and
 * by a function that stands for `fetch`, with no port at all (the project `fetch` of vitest.config.ts).
 */
import { fetchFrom } from '../../src/hosts/fetch/host.js'
import { type RunningServer, type ServerOptions, startServer } from '../../src/server.js'
import { openStage } from '../../src/stage.js'

/** Whether calls travel over a wire. What only wires have (sockets, raw bytes, ports) is tested there. */
export const isWired = process.env['UNDERSTUDY_HOST'] !== 'fetch'

/** A stage that answers calls below its URL. */
export type Hosted = Pick<RunningServer, 'url' | 'sandboxes' | 'sockets' | 'close'>

/** Origins that have no port, and what fetches from them. */
const unwired = new Map<string, typeof fetch>()
const overTheNetwork = globalThis.fetch

/** @returns a stage behind a port, or behind the `fetch` of this process */
export async function host(options: ServerOptions): Promise<Hosted> {
  if (isWired) return startServer(options)
  const { stage, options: { engine } } = await openStage(options)
  const url = `http://stage-${String(unwired.size + 1)}.localhost`
  unwired.set(url, fetchFrom(stage, url))
  globalThis.fetch = reach
  return {
    url,
    sandboxes: stage.sandboxes,
    sockets: stage.sockets,
    close: async () => {
      unwired.set(url, () => Promise.reject(new TypeError('fetch failed')))
      await stage.close()
      await engine.stop()
    },
  }
}

const reach: typeof fetch = (input, init) => {
  const { origin } = new URL(input instanceof Request ? input.url : input)
  return (unwired.get(origin) ?? overTheNetwork)(input, init)
}
