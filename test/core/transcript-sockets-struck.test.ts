/** What faults, outages and maintenance make of the frames of a made-up system, and of openings and deliveries. */
import { afterEach, beforeEach, test, vi } from 'vitest'
import type { Fault } from '../../src/core/faults/kinds.js'
import { Board, type Link, put, see, take } from '../support/made-up-sockets.js'
import { WrittenDown } from '../support/written-down.js'

/** Waits end when the test says so. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const HOUR = 3_600_000
const WAIT = 50

const faults: Readonly<Record<string, readonly Fault[]>> = {
  ...Object.fromEntries(['ERROR_NET', 'NULL_USER', 'ERROR_REPEAT_LOGIN', 'ERROR_PASSWORD', 'FAILURE_STATUS', 'NOPE'].map((error) => [error, [{ kind: 'error', error }]])),
  ...Object.fromEntries(['maintenance', 'internal', 'networkError', 'banned'].map((condition) => [condition, [{ kind: 'error', condition }]])),
  6004: [{ kind: 'error', code: 6004 }],
  malformed: [{ kind: 'malformed' }],
  status: [{ kind: 'status', status: 503, body: 'x' }],
  drop: [{ kind: 'drop', carriedOut: false }],
  'drop after': [{ kind: 'drop', carriedOut: true }],
  reset: [{ kind: 'reset' }],
  'for a while': [{ kind: 'latency', min: WAIT - 4 }, { kind: 'slow', milliseconds: 4 }],
  'for ever': [{ kind: 'latency', min: HOUR }],
  'for long, with an error': [{ kind: 'error', error: 'NULL_USER' }, { kind: 'latency', min: WAIT }, { kind: 'malformed' }],
}

test('what faults make of frames', async () => {
  const told = new WrittenDown()
  const board = await Board.of(told)
  const { accessToken: token } = await board.logIn('u-1')
  const { accessToken: other } = await board.logIn('u-2')
  const passing = (milliseconds: number) => board.that(`${String(milliseconds)} ms`, () => { vi.advanceTimersByTime(milliseconds) })
  const b = await board.open('b', other)
  let a = await board.open('a', token)
  let opened = 1
  const again = async (link: Link) => {
    if (!link.isOpen) link.goes(1006)
    a = link.isOpen ? link : await board.open(`a${String(opened++)}`, token)
  }
  for (const [name, armed] of Object.entries(faults)) {
    const m = `m ${name}`
    const waits = name.startsWith('for ') ? [WAIT - 1, 1] : []
    told.part(name)
    await board.arm('imDemoOpen', armed)
    const controller = new AbortController()
    const opening = board.knock(other, '/push', { signal: controller.signal })
    await board.see()
    for (const wait of waits) await passing(wait)
    await board.that('the caller goes', () => { controller.abort() })
    told.note('opened', Object.values((await opening) ?? {}).filter((one) => typeof one !== 'function'))
    await board.arm('imDemoFrame', armed)
    await board.say(a, put(m, 0))
    for (const wait of waits) await passing(wait)
    if (name === 'for ever') {
      await board.say(b, see)
      a.goes()
      a = await board.open('after', token)
    }
    await again(a)
    await board.arm('imDemoFrame', [])
    await board.say(a, take(m))
    await board.arm('imDemoDelivery', armed)
    await board.say(b, put(m, 1, 2), put(m, 3))
    for (const wait of waits) await passing(wait)
    await again(a)
    if (name === 'for ever') {
      await board.say(a, see)
      a.goes()
      a = await board.open('anew', token)
    }
  }
  told.part('for a time between two')
  for (let i = 0; i < 3; i++) {
    await board.arm('imDemoFrame', [{ kind: 'latency', min: 100, max: 5000 }])
    a.says(see)
    await board.see()
    for (let waited = 0; waited < 5000; waited += 100) {
      if (board.heard === 0) told.note('  still nothing after', waited)
      vi.advanceTimersByTime(100)
      await board.see()
    }
  }
  told.part('outages and maintenance')
  await board.arm('*', [{ kind: 'drop', carriedOut: false }], null)
  await board.set({ maintenance: { status: 'closed', httpStatus: null } })
  await board.say(a, see, 'x')
  const c = await board.open('c', other)
  await board.say(c, see)
  await board.arm('*', [])
  for (const outages of [['network'], ['internal'], ['database'], ['internal', 'network'], ['nothing']]) {
    await board.set({ outages, maintenance: null, settings: { a: outages.length } })
    await board.say(a, see)
    await board.arm('imDemoFrame', [{ kind: 'error', error: 'NULL_USER' }])
    await board.say(a, see)
  }
  await board.set({ outages: ['network'], maintenance: { status: 'closed', httpStatus: 503 } })
  await board.say(a, see)
  told.part('where the sandbox knows nothing of the system')
  const content = await board.sandbox().content()
  await board.that('another content', () => board.sandbox().replace({ ...content, control: { ...content.control, systems: {}, faults: [] } }))
  await board.say(await board.open('unknown', token), see)
  await told.isThatOf('frames-struck')
})
