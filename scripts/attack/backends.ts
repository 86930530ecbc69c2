/** A real backend that means harm beside the stub: whatever it answers, each call gets its answer in time, of the dialect or the backend's own, and the stub goes on. */
import { WebSocket } from 'ws'
import { answers } from './answers.js'
import { ASKING, type Case, drawCases, NOBODYS, rightFor, TIMEOUT } from './cases.js'
import { framings } from './frames.js'
import type { Asked } from './hostile.js'
import { ask } from './judge.js'
import { inParallel, type Send } from './send.js'
import { besiege, comeBack, lookAtDrift } from './siege.js'
import { Tally } from './tally.js'
import type { Target } from './target.js'

/** So many connections to a backend are kept, and so many others the stub may have. */
const MOST_OPEN = 128 + 64
/** Real milliseconds until a push socket has to be over. */
const LATE = 10_000

/** What the backend does, by the turns that its calls name. */
export class Plan {
  readonly seed: number
  readonly cases: readonly Case[]

  constructor(count: number, seed: number) {
    this.seed = seed
    this.cases = drawCases(Object.keys(answers), count, seed)
  }

  readonly answer = ({ socket, turn, key }: Asked): void => {
    const one = this.cases[turn] ?? NOBODYS
    if (key !== null) Object.values(framings)[turn]?.(socket, key)
    else answers[one.kind]?.(socket, one, rightFor(one))
  }
}

/** @param backend where the hostile one listens; `plan` is what it does */
export async function attackBackends(send: Send, target: Target, backend: string, { cases, seed }: Plan): Promise<Tally> {
  const tally = new Tally('answers of a hostile backend')
  await besiege(send, tally, target, {
    besieged: ASKING.map((mode) => ({ sandbox: mode, mode, backend })),
    mostOpen: MOST_OPEN,
    work: () => Promise.all([
      inParallel(cases.length, 12, async (turn) => {
        const one = cases[turn]
        if (one !== undefined) await ask(send, tally, one, { sandbox: one.mode, told: `seed ${String(seed)}` })
      }),
      inParallel(Object.keys(framings).length, 4, (turn) => converse(tally, target, turn)),
    ]),
    afterwards: async () => {
      await lookAtDrift(send, tally, target, ASKING)
      const sockets = await send({ method: 'GET', path: '/__admin/sandboxes/real/sockets' })
      tally.expect(sockets.kind === 'answer' && !/"imPush"/.test(sockets.text), 'sockets that are still open', JSON.stringify(sockets))
      for (const system of ['live', 'im']) await comeBack(send, tally, { sandbox: 'real', system })
    },
  })
  return tally
}

/** Connects, says something, and goes: neither side keeps it. */
function converse(tally: Tally, { url }: Target, turn: number): Promise<void> {
  const told = `the push socket: ${Object.keys(framings)[turn] ?? ''}`
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/@real/im/android/websocket/?turn=${String(turn)}`)
    const goodbye = setTimeout(() => { socket.close(1000) }, TIMEOUT)
    const late = setTimeout(() => {
      tally.expect(false, told, 'the connection did not end')
      socket.terminate()
    }, LATE)
    socket.on('open', () => { socket.send('{"status":1,"pushId":"","message":"start"}') })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(goodbye)
      if (socket.readyState === WebSocket.CLOSED && late.hasRef()) tally.expect(true, told, '')
      clearTimeout(late)
      resolve()
    })
  })
}
