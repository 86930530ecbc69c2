/** Open connections, and a console that pushes something to a user by hand. */
import { callErased } from '../core/erased.js'
import type { Sandbox } from '../core/sandbox.js'
import type { Held } from '../core/sockets/group.js'
import type { Socket } from '../core/sockets/definition.js'
import type { System } from '../core/system.js'
import { instant, lookAt, openSandbox, systemOf, systemsOf, transact } from './access.js'
import type { ControlParts, ControlHandlers, Task } from './task.js'
import { listOf, quote, refusal } from '../core/surface/refusal.js'
import { findUser, findUsers } from './users.js'

/** A close frame holds so many bytes besides its code (RFC 6455, section 5.5). */
const MOST_REASON = 123

export const sockets: ControlHandlers<'listSockets' | 'sendPacket' | 'dropSocket'> = {
  listSockets: async ({ input, parts }) => {
    const sandbox = await lookAt(parts, input.sandbox)
    const found: Held[] = []
    for (const system of systemsOf(parts, input.system)) {
      const ofSystem = parts.sockets.list(sandbox).filter((connection) => connection.parts.system.id === system.id)
      const { user } = input
      const ids = user === undefined || ofSystem.length === 0 ? null : new Set([user, ...(await transact(sandbox, system, (tx) => findUsers(tx, system, user, undefined))).map(({ id }) => id)])
      found.push(...ofSystem.filter((connection) => ids === null || (connection.user !== null && ids.has(connection.user))))
    }
    return { sockets: found.map(show) }
  },

  sendPacket: async ({ input, parts }) => {
    const system = systemOf(parts, input.system)
    const [name, socket] = socketOf(system, input.socket)
    const sandbox = openSandbox(parts, input.sandbox)
    const user = await sandbox.during((turn) => transact(turn, system, async (tx) => {
      const { id, record } = await findUser(tx, system, input.user, input.realm)
      // The socket was declared for the records of this very system.
      const complaint = await callErased((work) => socket.console.put(work), { user: record, tx, now: turn.now, packet: input.packet })
      if (complaint !== null) throw refusal(422, 'packet-misfit', `${complaint} One that fits: ${JSON.stringify(socket.console.example)}.`)
      return id
    }))
    const connected = parts.sockets.list(sandbox).some((connection) => connection.parts.system.id === system.id && connection.parts.name === name && connection.user === user && connection.mailbox !== null)
    return { system: system.id, user, connected }
  },

  dropSocket: async ({ input, parts }) => {
    const connection = connectionOf(parts, await lookAt(parts, input.sandbox), input.id)
    const { code, reason = '' } = input
    if (code !== undefined && !mayBeSent(code)) throw refusal(422, 'close-code-misfit', `${String(code)} is no code that a close frame may carry. Codes are 1000 to 1014 but for 1004, 1005 and 1006, and 3000 to 4999.`)
    if (Buffer.byteLength(reason) > MOST_REASON) throw refusal(422, 'reason-too-long', `A reason has ${String(MOST_REASON)} bytes at the most; this one has ${String(Buffer.byteLength(reason))}.`)
    if (code === undefined) connection.parts.wire.cut()
    else connection.close(code, reason)
    return undefined
  },
}

function socketOf(system: System, wanted: Task<'sendPacket'>['input']['socket']): readonly [name: string, socket: Socket] {
  const all = Object.entries(system.sockets)
  const found = all.find(([name]) => wanted === undefined || name === wanted)
  if (found !== undefined) return found
  const known = all.map(([name]) => name)
  throw refusal(422, 'no-such-socket', `${system.id} has no socket${wanted === undefined ? '' : ` ${quote(wanted)}`}. There are ${listOf(known)}.`, { known })
}

function connectionOf({ sockets: host }: ControlParts, sandbox: Sandbox, id: string): Held {
  const open = host.list(sandbox)
  const found = open.find(({ parts }) => parts.id === id)
  if (found !== undefined) return found
  throw refusal(404, 'no-such-socket', `There is no open connection ${quote(id)}. There are ${listOf(open.map(({ parts }) => parts.id))}.`)
}

/** RFC 6455, section 7.4: the other codes are reserved, or stand for a connection that ended without one. */
function mayBeSent(code: number): boolean {
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || code >= 3000
}

function show({ parts, user, session, mailbox }: Held) {
  return { id: parts.id, system: parts.system.id, socket: parts.name, user, session, mailbox, openedAt: instant(parts.openedAt), waiting: parts.wire.waiting, source: parts.via?.source ?? ('stub' as const) }
}
