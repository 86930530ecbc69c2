/** How a stub of `npm run dev` comes to its connections: they are taken by the process that outlives it. */
import { once } from 'node:events'
import { Socket } from 'node:net'
import { type Listen, placeOf } from '../../src/hosts/node/server.js'
import type { Answer, Said } from './words.js'

/** @returns the way to listen, for one stub of this process */
export function listenByParent(): Listen {
  let asked = 0
  return async (server, port, host) => {
    const name = `${String(asked++)} ${host} ${String(port)}`
    // Node.js looks after the connections of servers that listen, so this one does, where nobody knows of.
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Promise((resolve, reject) => {
      process.on('message', (answer: Answer, socket: unknown) => {
        if (typeof answer !== 'object') return
        if ('connection' in answer && answer.connection === name && socket instanceof Socket) {
          socket.allowHalfOpen = true
          server.emit('connection', socket)
        }
        if ('opened' in answer && answer.opened === name) resolve(placeOf(host, answer.port))
        if ('refused' in answer && answer.refused === name) reject(Object.assign(new Error(answer.message), { code: answer.code, port: answer.port }))
      })
      const said: Said = { open: name, port, host }
      process.send?.(said)
    })
  }
}
