/** Many calls at once, each of which changes the control state: what fault rules do when they count. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runningClock } from '../../src/core/clock.js'
import { applyControl, controlChanges } from '../../src/core/control-state.js'
import { fileEngine } from '../../src/core/engine/file/engine.js'
import { memoryEngine } from '../../src/core/engine/memory/engine.js'
import type { FaultRule } from '../../src/core/faults/rule.js'
import type { ControlState, Sandbox } from '../../src/core/sandbox.js'
import { closedAfterEach } from '../support/closing.js'
import { sandboxesOn } from '../support/sandboxes.js'

/** More than a change is tried against others. */
const CALLS = 1200
const rule: FaultRule = { id: 'fault-1', system: '*', operationId: '*', fault: { kind: 'drop' }, times: null, probability: 1, matched: 0, fired: 0 }

const withRule = (state: ControlState): ControlState => ({ ...state, faults: [rule] })
const counted = (state: ControlState): ControlState => ({ ...state, faults: state.faults.map((one) => ({ ...one, matched: one.matched + 1 })) })

/** Takes longer than calls work in one go. */
function work(): void {
  const begun = performance.now()
  while (performance.now() - begun < 25);
}

/** A turn of Node's loop. */
const aTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Until nobody is waited for any more behind a change of before, which may have taken long by itself. */
async function atRest(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await aTurn()
}

const begunAtOnce = (sandbox: Sandbox, calls: number) => Promise.all(Array.from({ length: calls }, async () => sandbox.begin()))

test('a thousand rules that are counted are gone through, and not a thousand times', () => {
  let looks = 0
  const rulesAt = (matched: number): FaultRule[] => Array.from({ length: 1000 }, (_, i) => ({
    ...rule,
    get id() {
      looks++
      return `fault-${String(i)}`
    },
    matched,
  }))
  const state: ControlState = { clock: runningClock, requests: 0, seed: '1', era: 1, systems: {}, faults: rulesAt(0), nextFault: 1 }
  const counted = { ...state, faults: rulesAt(1) }
  looks = 0
  const changes = controlChanges(state, counted)
  const after = applyControl(state, changes)
  expect(looks).toBeLessThan(20_000)
  expect([changes.length, after.faults.every((one, i) => one === counted.faults[i])]).toEqual([1000, true])
})

test('rules that are added, removed and moved are told apart from those that were counted', () => {
  const named = (...ids: readonly string[]): FaultRule[] => ids.map((id) => ({ ...rule, id }))
  const state: ControlState = { clock: runningClock, requests: 0, seed: '1', era: 1, systems: {}, faults: named('a', 'b', 'c', 'd'), nextFault: 5 }
  const [a, b, c, d] = state.faults
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('there are four')
  const again = (faults: readonly FaultRule[]) => applyControl(state, controlChanges(state, { ...state, faults })).faults
  const e = { ...rule, id: 'e' }
  for (const faults of [[a, b, c, d, e], [b, c, d], [a, { ...b, matched: 1 }, d, e], [{ ...a, matched: 2 }], [], [a, b, { ...c, fired: 1 }, d]]) expect(again(faults)).toEqual(faults)
  expect(controlChanges(state, { ...state, faults: [a, { ...b, matched: 1 }, c, d] }).map(({ key }) => key)).toEqual(['fault/b'])
  expect(controlChanges(state, { ...state, faults: [...state.faults] })).toEqual([])
})

describe('on a disk, which makes everybody wait', () => {
  const closing = closedAfterEach()

  async function onDisk() {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-changes-'))
    const engine = fileEngine(folder)
    closing.push(async () => {
      await engine.stop()
      rmSync(folder, { recursive: true })
    })
    const sandbox = (await sandboxesOn(engine, { systems: {} })).open('many')
    await sandbox.control.change(withRule)
    return sandbox
  }

  test('calls that come at once are all counted, and many of them by one commit', async () => {
    const sandbox = await onDisk()
    const turns = await begunAtOnce(sandbox, CALLS)
    const before = (await sandbox.look()).version
    const states = await Promise.all(turns.map((turn) => turn.change(counted)))
    expect(states.map(({ faults }) => faults[0]?.matched).sort((a = 0, b = 0) => a - b)).toEqual(Array.from({ length: CALLS }, (_, i) => i + 1))
    const after = await sandbox.look()
    expect(after.state.faults[0]?.matched).toBe(CALLS)
    expect(after.version - before).toBeLessThan(CALLS / 4)
    expect(turns.every(({ hasWritten }) => hasWritten)).toBe(true)
  })

  test('the control plane does not wait for them', async () => {
    const sandbox = await onDisk()
    const [first, ...others] = await begunAtOnce(sandbox, 100)
    const underWay = first?.change(counted)
    const waiting = others.map((turn) => turn.change(counted))
    const cleared = await (await sandbox.look()).change((state) => ({ ...state, faults: state.faults.map((one) => ({ ...one, id: `seen-${String(one.matched)}` })) }))
    expect(cleared.faults[0]?.id).toBe('seen-1')
    await Promise.all([underWay, ...waiting])
    expect((await sandbox.control.read()).faults[0]).toMatchObject({ id: 'seen-1', matched: 100 })
  })

  test('one that fails takes no other with it, and what changes nothing is no commit', async () => {
    const sandbox = await onDisk()
    const turns = await begunAtOnce(sandbox, 5)
    const { version } = await sandbox.look()
    const changes = [counted, counted, () => { throw new Error('a change of its own') }, (state: ControlState) => state, counted]
    const settled = await Promise.allSettled(turns.map((turn, i) => turn.change(changes[i] ?? counted)))
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(turns.map(({ hasWritten }) => hasWritten)).toEqual([true, true, false, false, true])
    const after = await sandbox.look()
    expect(after.state.faults[0]?.matched).toBe(3)
    await after.change((state) => state)
    expect([after.version > version, (await sandbox.look()).version]).toEqual([true, after.version])
  })
})

describe('in memory, which makes nobody wait', () => {
  const opened = async () => {
    const sandbox = (await sandboxesOn(memoryEngine(), { systems: {} })).open('many')
    await sandbox.control.change(withRule)
    return sandbox
  }

  test('others come between calls whose rules take long', async () => {
    const sandbox = await opened()
    const turns = await begunAtOnce(sandbox, 3)
    await atRest()
    let done = 0
    const between = new Promise<number>((resolve) => setImmediate(() => {
      resolve(done)
    }))
    await Promise.all(turns.map((turn) => turn.change((state) => {
      work()
      done++
      return counted(state)
    })))
    expect([await between, done]).toEqual([1, 3])
  })

  test('others come between calls that have waited for the same moment', async () => {
    const turns = await begunAtOnce(await opened(), 3)
    let done = 0
    const seen: Promise<number>[] = []
    await Promise.all(turns.map(async (turn) => {
      await turn.pause(5)
      work()
      done++
      seen.push(new Promise((resolve) => setImmediate(() => {
        resolve(done)
      })))
    }))
    expect(await seen[0]).toBe(1)
  })

  describe('behind one whose rules took a while', () => {
    /** @returns the sandbox, with a call under way for which others are waited for, and those others */
    async function behindOne(others: number) {
      const sandbox = await opened()
      const [first, ...turns] = await begunAtOnce(sandbox, others + 1)
      const { version } = await sandbox.look()
      await atRest()
      const underWay = first?.change((state) => {
        work()
        return counted(state)
      })
      return { sandbox, turns, version, underWay }
    }

    test('calls that come one by one are counted together', async () => {
      const { sandbox, turns, version, underWay } = await behindOne(10)
      const answers = []
      for (const turn of turns) {
        await aTurn()
        answers.push(turn.change(counted))
      }
      await Promise.all([underWay, ...answers])
      const after = await sandbox.look()
      expect([after.state.faults[0]?.matched, after.version - version]).toEqual([11, 2])
    })

    test('a call goes on as soon as no more come', async () => {
      const { turns: [only], underWay } = await behindOne(1)
      await aTurn()
      const done: string[] = []
      const answer = only?.change(counted).then(() => done.push('it'))
      let waited = 0
      for (; done.length === 0; waited++) await aTurn()
      expect(waited).toBeLessThan(10)
      await Promise.all([underWay, answer])
    })

    test('the control plane waits for none of those that go on coming', async () => {
      const { sandbox, turns, underWay } = await behindOne(500)
      const control = await sandbox.look()
      const done: string[] = []
      const cleared = control.change((state) => ({ ...state, nextFault: 7 })).then(() => done.push('it'))
      const answers = []
      for (const turn of turns) {
        if (done.length > 0) break
        answers.push(turn.change(counted))
        await aTurn()
      }
      expect(answers.length).toBeLessThan(10)
      await Promise.all([underWay, cleared, ...answers])
    })

    test('those who go on coming do not keep the others waiting for good', async () => {
      const { turns, underWay } = await behindOne(100)
      const done: string[] = []
      const answers = []
      for (const turn of turns) {
        if (done.length > 0) break
        answers.push(turn.change(counted).then(() => done.push('it')))
        work()
        await aTurn()
      }
      expect(answers.length).toBeLessThan(100)
      await Promise.all([underWay, ...answers])
    })
  })
})
