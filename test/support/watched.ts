/** A stub that takes edits over while it runs, and apps that use it meanwhile. */
import { expect } from 'vitest'
import { connect, type Stub } from '../../src/index.js'
import type { Running } from './cli.js'

/** A stub that watches, the way to it, and what it says. */
export interface Watched {
  readonly stub: Stub
  readonly url: string
  /** Waits until it has said so once more than before, on standard output or error. */
  says(text: RegExp): Promise<string>
  stop(): Promise<void>
}

/** @returns the stub when it has said where it is */
export async function watched(one: Running): Promise<Watched> {
  const [, url = ''] = await one.says(/control plane (http:\S+)\/__admin/)
  let heard = 0
  let said = ''
  let look = () => {}
  for (const stream of [one.child.stdout, one.child.stderr]) stream?.on('data', (text: string) => {
    said += text
    look()
  })
  const says = (text: RegExp) => new Promise<string>((resolve) => {
    look = () => {
      const found = text.exec(said.slice(heard))
      if (found === null) return
      heard += found.index + found[0].length
      look = () => {}
      resolve(found[0])
    }
    look()
  })
  return {
    stub: await connect(url),
    url,
    says,
    stop: async () => {
      one.child.kill('SIGTERM')
      await one.ended
    },
  }
}

/**
 * Six clients call without a pause from here on.
 * @param call resolves to whether it went as it should
 * @returns what stops them, and tells what went wrong
 */
export function loadOn(call: () => Promise<boolean>): { stop(): Promise<string[]> } {
  const state = { isOn: true, calls: 0, wrong: new Set<string>() }
  const clients = Array.from({ length: 6 }, async () => {
    while (state.isOn) {
      const wrong = await call().then((isRight) => (isRight ? null : 'another answer'), String)
      if (wrong !== null) state.wrong.add(wrong)
      state.calls++
    }
  })
  return {
    stop: async () => {
      state.isOn = false
      await Promise.all(clients)
      expect(state.calls).toBeGreaterThan(100)
      return [...state.wrong]
    },
  }
}
