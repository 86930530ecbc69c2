/** Behind the front door. What no call of the control plane tells or does is asked of the server here, and nowhere else. */
import { expect, vi } from 'vitest'
import type { RunningServer } from '../../src/server.js'

type Server = Pick<RunningServer, 'sandboxes'>

/** @returns whether a call to the sandbox is under way, or somebody waits for what comes to it */
export const isBusy = ({ sandboxes }: Server, name: string) => sandboxes.peek(name)?.idle === false

/** Waits until a sandbox is busy, or is so no longer. */
export const becomes = (server: Server, name: string, busy: boolean) => vi.waitFor(() => {
  expect(isBusy(server, name)).toBe(busy)
})

/** Puts the latest call of a sandbox into its journal so many times more, all at one moment. */
export async function rush({ sandboxes }: Server, name: string, times: number): Promise<void> {
  const sandbox = sandboxes.open(name)
  const latest = (await sandbox.journal.read()).at(-1)
  if (latest === undefined) throw new Error(`nobody has called ${name}`)
  const { id: _, ...entry } = latest
  const turn = await sandbox.look()
  for (let i = 0; i < times; i++) void turn.record(entry)
}
