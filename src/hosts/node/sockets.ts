/** Upgrade requests of Node's HTTP server for the stage: who may open a WebSocket, and who is answered like any other call. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Granted, Opening, Switchboard } from '../../core/sockets/switchboard.js'
import { SOCKET_PATH } from '../../pages/start/surface.js'
import { lazily } from '../../plain/lazily.js'
import { pathOf } from '../../plain/url.js'
import type { HttpServer } from './express.js'
import type { LatestAnswers } from './latest.js'
import type { Handshake } from './handshakes.js'
import { targetOf } from './target.js'
import { answerHandshake, handBackTo, wantsWebSocket } from './upgrade.js'

/** What carries out handshakes is loaded when the first one comes. */
export const loadHandshakes = () => import('./handshakes.js')

/**
 * Takes the upgrade requests of an HTTP server; those that are for no socket are answered like any other call. One that came behind another
 * request waits for the answer to that: answers go out in order.
 * @param report told of what should not happen
 * @param latest the newest answer of each connection
 */
export function takeUpgrades(server: HttpServer, switchboard: Pick<Switchboard, 'limits' | 'knock'>, report: (problem: string) => void, latest: LatestAnswers): void {
  const handshakes = lazily(async () => (await loadHandshakes()).handshakesUpTo(switchboard.limits.frame))
  const handBack = handBackTo(server)
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const before = latest.of(request.socket)
    if (before === undefined || before.writableFinished || before.destroyed) {
      take(request, socket, head)
      return
    }
    // Node looks after a connection no more once an upgrade was asked for.
    const cut = () => {
      socket.destroy()
    }
    socket.on('error', cut)
    before.once('close', () => {
      socket.off('error', cut)
      if (!socket.destroyed) take(request, socket, head)
    })
  })

  function take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const gone = new AbortController()
    const opening = wantsWebSocket(request) ? knock(switchboard, request, socket, gone.signal) : null
    if (opening === null) {
      handBack(request, socket, head)
      return
    }
    socket.on('error', () => {
      socket.destroy()
    })
    const stopWatching = watch(socket, gone)
    Promise.all([opening, handshakes()])
      .then(([answer, handshake]) => {
        stopWatching()
        socket.once('close', () => {
          gone.abort()
        })
        open(answer, handshake, request, socket, head)
      })
      .catch((error: unknown) => {
        socket.destroy()
        report(`a socket could not be opened: ${String(error)}`)
      })
  }
}

/** The start page opens this one to see whether WebSockets get through to the device that it is looked at on. */
const REACHED: Granted = {
  kind: 'granted',
  headers: {},
  protocol: null,
  begin: (link) => {
    link.close(1000, 'reached')
  },
}

function knock(switchboard: Pick<Switchboard, 'knock'>, request: IncomingMessage, socket: Duplex, signal: AbortSignal): Promise<Opening> | null {
  const target = targetOf(request)
  if ('status' in target) return Promise.resolve({ kind: 'refused', reply: target })
  const { url, headers } = target
  if (pathOf(url) === SOCKET_PATH) return Promise.resolve(REACHED)
  return switchboard.knock({ url, headers, signal, isEncrypted: 'encrypted' in socket })
}

function open(opening: Opening, handshake: Handshake, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  if (opening.kind === 'cut') socket.destroy()
  else if (opening.kind === 'refused') answerHandshake(socket, opening.reply)
  else handshake(opening, request, socket, head)
}

/**
 * Sees a client go that waits for its answer. Nobody reads from the connection meanwhile, so its end has to be looked for.
 * @param gone aborted when it goes
 * @returns a function that stops looking
 */
function watch(socket: Duplex, gone: AbortController): () => void {
  const look = () => {
    if (socket.readableLength === 0) socket.read()
  }
  const end = () => {
    gone.abort()
    socket.destroy()
  }
  socket.on('readable', look).on('end', end).on('close', end)
  return () => {
    socket.off('readable', look).off('end', end).off('close', end)
  }
}
